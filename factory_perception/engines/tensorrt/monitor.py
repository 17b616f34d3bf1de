"""Turn TensorRT's nested build phases into one fraction, and a cancel event into its way to stop.

TensorRT calls on several threads, and nothing may be raised into it.
"""

from __future__ import annotations

from dataclasses import dataclass
import threading
from typing import Any

from factory_perception.engines.progress import Progress, ProgressCallback


@dataclass
class _Phase:
    parent: str | None
    steps: int
    done: int = 0


class PhaseTree:
    """The phases that a build is in. A phase has steps, and a step may hold phases of its own."""

    def __init__(self, tell: ProgressCallback | None, cancel: threading.Event | None) -> None:
        self._tell = tell
        self._cancel = cancel or threading.Event()
        self._lock = threading.Lock()
        self._phases: dict[str, _Phase] = {}
        self._fraction = 0.0
        #: What ``tell`` raised; the build is stopped then.
        self.failure: Exception | None = None

    def start(self, name: str, parent: str | None, steps: int) -> None:
        """Enter a phase."""
        with self._lock:
            self._phases[name] = _Phase(parent, max(steps, 1))
        self._report(name)

    def step(self, name: str, step: int) -> bool:
        """Count a finished step, numbered from 0; ``False`` tells TensorRT to give up."""
        with self._lock:
            if name in self._phases:
                self._phases[name].done = step + 1
        self._report(name)
        return not self._cancel.is_set() and self.failure is None

    def finish(self, name: str) -> None:
        """Leave a phase."""
        with self._lock:
            self._phases.pop(name, None)

    def _report(self, name: str) -> None:
        with self._lock:
            roots = [key for key, phase in self._phases.items() if phase.parent is None]
            reached = max((self._done(root) for root in roots), default=0.0)
            self._fraction = max(self._fraction, min(reached, 1.0))  # never goes back
            progress = Progress(self._fraction, name)
        if self._tell is None:
            return
        try:
            self._tell(progress)
        except Exception as error:
            self.failure = error

    def _done(self, name: str) -> float:
        phase = self._phases[name]
        inner = sum(self._done(key) for key, child in self._phases.items() if child.parent == name)
        return (phase.done + min(inner, 1.0)) / phase.steps


def make_monitor(trt: Any, phases: PhaseTree) -> Any:
    """Give the ``trt.IProgressMonitor`` that reports to a phase tree."""

    class Monitor(trt.IProgressMonitor):
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            phases.start(phase_name, parent_phase, num_steps)

        def step_complete(self, phase_name: str, step: int) -> bool:
            return phases.step(phase_name, step)

        def phase_finish(self, phase_name: str) -> None:
            phases.finish(phase_name)

    return Monitor()
