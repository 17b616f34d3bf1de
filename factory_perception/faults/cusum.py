"""Cumulative sums: small excesses are believed after a while, large ones at once.

Page, Continuous inspection schemes, Biometrika 1954.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array

#: A sum beyond this is an alarm; a value twice its limit needs one frame, one 25 % above it four.
ALARM = 1.0
#: The sum never grows beyond this, so that it falls soon when all is well.
TOP = 3.0


class Cusum:
    """Sums the excess of ratios over 1."""

    def __init__(self) -> None:
        self._sum: Array | None = None

    def reset(self) -> None:
        """Forget everything."""
        self._sum = None

    def update(self, ratio: Array) -> NDArray[np.bool_]:
        """Take ratios of values to their limits; give where the sum says alarm."""
        before = np.zeros_like(ratio) if self._sum is None else self._sum
        self._sum = np.clip(before + ratio - 1.0, 0.0, TOP)
        alarms: NDArray[np.bool_] = self._sum >= ALARM
        return alarms
