"""A training on the terminal: a bar with the time that remains, or a line now and then."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from factory_perception.training.fit import Step

#: Without a terminal there is no bar, but a line every so many seconds.
QUIET_S = 30.0


class TrainingProgress:
    """Shows the steps of a training as they come."""

    def __init__(self) -> None:
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn('ends in'),
            TimeRemainingColumn(),
        )
        self._task: Any = None
        self._next_line = 0.0

    def __enter__(self) -> TrainingProgress:
        self._bar.__enter__()
        self._task = self._bar.add_task('preparing', total=None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def show(self, step: Step) -> None:
        """Show one training step."""
        done = step.epoch * step.steps + step.step
        total = step.epochs * step.steps
        parts = ', '.join(f'{name} {value:.3f}' for name, value in step.losses.items())
        best = '' if step.score is None else f', best {step.score:.3f}'
        text = (
            f'epoch {step.epoch + 1}/{step.epochs}: {parts}{best}, {step.examples_per_second:.0f}/s'
        )
        self._bar.update(self._task, total=total, completed=done, description=text)
        if not self._bar.console.is_terminal and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + QUIET_S
            print(f'{100 * done / total:.0f} % {text}', flush=True)

    def say(self, text: str) -> None:
        """Show a line about what comes after the training."""
        if self._bar.console.is_terminal:
            self._bar.console.print(text)
        else:
            print(text, flush=True)
