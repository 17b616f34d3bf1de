"""Plans on disk: found by key, checked before use, written so that no reader sees half of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import fcntl
import hashlib
import json
import logging
import os
from pathlib import Path
import threading
from typing import IO

from factory_perception.engines.engine import EngineError
from factory_perception.engines.progress import BuildCancelledError
from factory_perception.engines.tensorrt.plan_key import MachineKey, PlanKey
from factory_perception.files import sha256_of, write_atomic
from factory_perception.resources import cache_home

_LOG = logging.getLogger(__name__)
_WAIT_SECONDS = 0.2
_OTHERS_MAY_WRITE = 0o022


class PlanCache:
    """A folder of plans. Beside each stands a JSON file with its whole key and its checksum.

    A plan holds machine code: only its owner may write to the folder, and a plan is not handed out
    unless key and checksum are those that were written with it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_home() / 'plans'

    def plan_path(self, key: PlanKey) -> Path:
        """Give where the plan of a key is, or would be."""
        return self.folder / f'{key.file_stem}.plan'

    def load(self, key: PlanKey) -> bytes | None:
        """Give the plan of a key; ``None`` where there is none that can be trusted.

        Raises:
            EngineError: others may write to the folder.
        """
        path = self.plan_path(key)
        try:
            facts = json.loads(self._facts_path(key).read_bytes())
            plan = path.read_bytes()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _LOG.warning('%s is not used: %s', path, error)
            return None
        self._refuse_shared_folder()
        if not isinstance(facts, dict) or facts.get('key') != key.fields():
            _LOG.warning('%s is not used: it was built from something else', path)
            return None
        if facts.get('sha256') != sha256_of(plan):
            _LOG.warning('%s is not used: it is cut off or changed', path)
            return None
        return plan

    def has(self, key: PlanKey) -> bool:
        """Say whether there is a plan of a key, without reading it."""
        return self.plan_path(key).is_file() and self._facts_path(key).is_file()

    def store(self, key: PlanKey, plan: bytes) -> None:
        """Keep a plan. The JSON file is written last: without it the plan does not exist.

        Raises:
            OSError: the disk is full or the folder is not writable.
        """
        self._make_folder()
        facts = {'key': key.fields(), 'sha256': sha256_of(plan), 'bytes': len(plan)}
        write_atomic(self.plan_path(key), plan)
        write_atomic(self._facts_path(key), json.dumps(facts, indent=2).encode() + b'\n')

    def discard(self, key: PlanKey) -> None:
        """Delete a plan."""
        self._facts_path(key).unlink(missing_ok=True)
        self.plan_path(key).unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(
        self,
        key: PlanKey,
        cancel: threading.Event | None = None,
        waiting: Callable[[], None] | None = None,
    ) -> Iterator[None]:
        """Let one builder of a plan at a time work, over all processes of this machine.

        Args:
            key: the plan to be built.
            cancel: set to stop waiting.
            waiting: called once when somebody else is at it.

        Raises:
            EngineError: the folder cannot be written to.
            BuildCancelledError: ``cancel`` was set.
        """
        self._make_folder()
        try:
            lock = (self.folder / f'{key.file_stem}.lock').open('w')
        except OSError as error:
            raise self._not_writable(error) from error
        with lock:
            _acquire(lock, cancel or threading.Event(), waiting)
            yield

    def load_timings(self, machine: MachineKey) -> bytes:
        """Give the timings that earlier builds on this machine took; empty when there are none."""
        try:
            data = self._timings_path(machine).read_bytes()
        except OSError:
            return b''
        timings = data[hashlib.sha256().digest_size :]
        return timings if hashlib.sha256(timings).digest() + timings == data else b''

    def store_timings(self, machine: MachineKey, timings: bytes) -> None:
        """Keep the timings for the next build."""
        data = hashlib.sha256(timings).digest() + timings
        write_atomic(self._timings_path(machine), data)

    def _facts_path(self, key: PlanKey) -> Path:
        return self.folder / f'{key.file_stem}.json'

    def _timings_path(self, machine: MachineKey) -> Path:
        return self.folder / f'timings-{machine.digest}.bin'

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_writable(error) from error
        if not os.access(self.folder, os.W_OK):
            raise self._not_writable(PermissionError('no permission'))
        self._refuse_shared_folder()

    def _not_writable(self, error: OSError) -> EngineError:
        return EngineError(
            f'{self.folder} cannot be written to ({error.strerror or error}): set XDG_CACHE_HOME '
            'to a folder that can'
        )

    def _refuse_shared_folder(self) -> None:
        if self.folder.stat().st_mode & _OTHERS_MAY_WRITE:
            raise EngineError(
                f'{self.folder} can be written to by other users, and a plan holds machine code: '
                f'chmod go-w {self.folder}'
            )


def _acquire(lock: IO[str], cancel: threading.Event, waiting: Callable[[], None] | None) -> None:
    told = False
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if waiting is not None and not told:
                waiting()
                told = True
            if cancel.wait(_WAIT_SECONDS):
                raise BuildCancelledError('the build was cancelled') from None
