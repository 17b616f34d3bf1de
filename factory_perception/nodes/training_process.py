"""A training in a process of its own, at the lowest priority: live nodes beside it come first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

#: Seconds that a cancelled training has to write its checkpoint.
GRACE_S = 30.0
NICENESS = 19
_KEPT_LINES = 20


@dataclass(frozen=True)
class Outcome:
    """How a training ended.

    Attributes:
        model: what it published, such as ``parts@3``; empty when nothing.
        promoted: whether it became the champion.
        message: one sentence for people.
        cancelled: whether it was asked to end.
    """

    model: str
    promoted: bool
    message: str
    cancelled: bool = False


class TrainingProcess:
    """Runs ``factory_perception train`` and follows it.

    ``on_event`` is called with every line that the training tells, ``on_end`` once with the
    outcome; both from the thread that reads, never after :meth:`close`.
    """

    def __init__(
        self,
        words: Sequence[str],
        threads: int,
        on_event: Callable[[dict[str, Any]], None],
        on_end: Callable[[Outcome], None],
    ) -> None:
        command = ['nice', '-n', str(NICENESS), sys.executable, '-m', 'factory_perception.cli']
        environment = {**os.environ, 'OMP_NUM_THREADS': str(threads), 'PYTHONUNBUFFERED': '1'}
        self._on_event, self._on_end = on_event, on_end
        self._last: deque[str] = deque(maxlen=_KEPT_LINES)
        self._published: dict[str, Any] = {}
        self._cancelled = False
        self._process = subprocess.Popen(
            [*command, 'train', *words, '--progress', 'json'], env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C is for the node
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, name='training')
        self._reader.start()

    @property
    def pid(self) -> int:
        """Give the number of the process."""
        return self._process.pid

    def cancel(self) -> None:
        """Ask the training to end; its last checkpoint stays."""
        self._cancelled = True
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End the training and wait for it."""
        self.cancel()
        self._reader.join(GRACE_S)
        if self._reader.is_alive():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = _parse(line)
            if event is None:
                self._last.append(line.rstrip())
                continue
            if event['event'] == 'published':
                self._published = event
            self._on_event(event)
        self._on_end(self._outcome(self._process.wait()))

    def _outcome(self, code: int) -> Outcome:
        if self._published and code == 0:
            promoted = bool(self._published['promoted'])
            return Outcome(self._published['model'], promoted, self._published['text'])
        words = ' '.join(self._last) or f'it ended with code {code} and said nothing'
        return Outcome('', False, words, self._cancelled)


def _parse(line: str) -> dict[str, Any] | None:
    """Read a line; what libraries print in between is no event."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and 'event' in event else None
