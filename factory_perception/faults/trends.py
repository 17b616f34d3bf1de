"""Marks over time: their running means over several spans, which cost a multiplication each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.faults.frame import Array

#: Spans in seconds: a knock, a slip, a motion, a cycle.
SPANS_S = (0.08, 0.4, 2.0, 6.0)


class Trends:
    """Exponential means of marks over several spans."""

    def __init__(self, step_s: float, spans_s: Sequence[float] = SPANS_S) -> None:
        """Prepare for frames that are ``step_s`` apart."""
        self._shares = 1.0 - np.exp(-step_s / np.asarray(spans_s, np.float64))
        self._means: Array | None = None

    def reset(self) -> None:
        """Forget everything."""
        self._means = None

    def update(self, marks: Array) -> Array:
        """Take marks ``(..., C)``; give their means ``(..., C, S)``: a new array each time."""
        if self._means is None:
            self._means = np.zeros((*marks.shape, len(self._shares)))
        self._means = self._means + self._shares * (marks[..., None] - self._means)
        return self._means
