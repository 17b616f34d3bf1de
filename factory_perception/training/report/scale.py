"""From values to places on a page, with round numbers along the way."""

from __future__ import annotations

from dataclasses import dataclass
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from factory_perception.training.report.chart import Axis


@dataclass(frozen=True)
class Scale:
    """Maps ``low`` to ``start`` and ``high`` to ``stop``."""

    low: float
    high: float
    start: float
    stop: float
    log: bool = False
    whole: bool = False

    @staticmethod
    def fit(axis: Axis, values: NDArray[np.float64], start: float, stop: float) -> Scale:
        """Make a scale for an axis and everything that has to have room on it."""
        known = values[np.isfinite(values)]
        if axis.log:
            known = known[known > 0]
        low = axis.low if axis.low is not None else float(known.min(initial=np.inf))
        high = axis.high if axis.high is not None else float(known.max(initial=-np.inf))
        if not (math.isfinite(low) and math.isfinite(high)):
            low, high = (0.1, 1.0) if axis.log else (0.0, 1.0)
        if low == high:
            low, high = (low / 2, high * 2) if axis.log else (low - 0.5, high + 0.5)
        elif not axis.log:
            room = 0.04 * (high - low)
            low = low if axis.low is not None else low - room
            high = high if axis.high is not None else high + room
        return Scale(low, high, start, stop, axis.log, axis.whole)

    def __call__(self, values: ArrayLike) -> NDArray[np.float64]:
        """Give the places of values; those beyond an end are put there."""
        wanted = np.asarray(values, np.float64)
        low, high = self.low, self.high
        if self.log:
            wanted = np.log10(np.maximum(wanted, low))
            low, high = math.log10(low), math.log10(high)
        share = np.clip((wanted - low) / (high - low), 0.0, 1.0)
        return self.start + share * (self.stop - self.start)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Give round values with their words."""
        return [(value, f'{value:.6g}') for value in self._values(most)]

    def _values(self, most: int) -> list[float]:
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            powers = [10.0**power for power in range(first, last + 1)]
            return powers[:: max(1, math.ceil(len(powers) / most))] or [self.low, self.high]
        step = _round_step((self.high - self.low) / most)
        step = max(step, 1.0) if self.whole else step
        first = math.ceil(self.low / step - 1e-9)
        count = math.floor((self.high - first * step) / step + 1e-9) + 1
        return [(first + index) * step for index in range(count)]


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.999)
