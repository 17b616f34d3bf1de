"""A training told to another program: one JSON object a line on standard output."""

from __future__ import annotations

import json
import sys
import time
from types import TracebackType
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    from factory_perception.training.fit import Step

#: Steps are told at most so often (seconds).
PERIOD_S = 0.5


class TrainingEvents:
    """Tells the steps of a training as they come; takes the place of the bar on a terminal.

    Lines are ``{"event": "step", "share": 0.25, "epoch": 3, ...}`` and
    ``{"event": "say", "text": ...}``.
    """

    def __init__(self) -> None:
        self._next = 0.0

    def __enter__(self) -> TrainingEvents:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is left open."""

    def show(self, step: Step) -> None:
        """Tell one training step."""
        share = (step.epoch * step.steps + step.step) / (step.epochs * step.steps)
        now = time.monotonic()
        if now < self._next and share < 1.0:
            return
        self._next = now + PERIOD_S
        tell(
            'step', share=round(share, 5), epoch=step.epoch + 1, epochs=step.epochs,
            losses={name: round(value, 5) for name, value in step.losses.items()},
            score=step.score, examples_per_second=round(step.examples_per_second, 1),
        )  # fmt: skip

    def say(self, text: str) -> None:
        """Tell what comes after the training."""
        tell('say', text=text)


def tell(event: str, **values: Any) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps({'event': event, **values}) + '\n')
    sys.stdout.flush()
