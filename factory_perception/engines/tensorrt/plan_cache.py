"""Plans on disk: found by key, checked before use, written so that no reader sees half of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
from dataclasses import dataclass
import fcntl
import hashlib
import json
import logging
import os
from pathlib import Path
import threading
from typing import Any, IO

from factory_perception.engines.engine import EngineError
from factory_perception.engines.progress import BuildCancelledError
from factory_perception.engines.tensorrt.plan_key import EFFORT, MachineKey, PlanKey
from factory_perception.files import sha256_of, write_atomic
from factory_perception.resources import cache_home

_LOG = logging.getLogger(__name__)
_WAIT_SECONDS = 0.2
_OTHERS_MAY_WRITE = 0o022


@dataclass(frozen=True)
class CachedPlan:
    """A plan that was found and checked."""

    path: Path
    data: bytes

    def discard(self) -> None:
        """Delete it."""
        self.path.with_suffix('.json').unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


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

    def load(self, key: PlanKey, any_effort: bool = False) -> CachedPlan | None:
        """Give the plan of a key; ``None`` where there is none that can be trusted.

        Args:
            key: what the plan must have been built from, on and how.
            any_effort: take also one that was searched for longer or shorter; the longest wins.

        Raises:
            EngineError: others may write to the folder.
        """
        found = [self.plan_path(key).with_suffix('.json')]
        if any_effort:
            found = sorted(self.folder.glob(f'{key.model}-{key.precision}-*.json'))
        sheets = [(path, _read_sheet(path)) for path in found]
        fitting = [item for item in sheets if key.fits(item[1].get('key', {}), any_effort)]
        for path, sheet in sorted(fitting, key=lambda item: _effort(item[1]), reverse=True):
            self._refuse_shared_folder()
            data = _read_plan(path.with_suffix('.plan'), sheet)
            if data is not None:
                return CachedPlan(path.with_suffix('.plan'), data)
        return None

    def store(self, key: PlanKey, plan: bytes) -> Path:
        """Keep a plan. The JSON file is written last: without it the plan does not exist.

        Raises:
            OSError: the disk is full or the folder is not writable.
        """
        self._make_folder()
        sheet = {'key': key.fields(), 'sha256': sha256_of(plan), 'bytes': len(plan)}
        path = self.plan_path(key)
        write_atomic(path, plan)
        write_atomic(path.with_suffix('.json'), json.dumps(sheet, indent=2).encode() + b'\n')
        return path

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


def _read_sheet(path: Path) -> dict[str, Any]:
    try:
        sheet = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return sheet if isinstance(sheet, dict) and isinstance(sheet.get('key'), dict) else {}


def _effort(sheet: dict[str, Any]) -> tuple[int, ...]:
    values = (sheet['key'].get(name) for name in EFFORT)
    return tuple(value if isinstance(value, int) else 0 for value in values)


def _read_plan(path: Path, sheet: dict[str, Any]) -> bytes | None:
    try:
        plan = path.read_bytes()
    except OSError as error:
        _LOG.warning('%s is not used: %s', path, error)
        return None
    if sheet.get('sha256') != sha256_of(plan):
        _LOG.warning('%s is not used: it is cut off or changed', path)
        return None
    return plan


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
