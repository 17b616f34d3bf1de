"""When an alarm begins and when it is over: m of n windows, then so many good ones in a row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


class Latch:
    """Latched alarms of an array of conditions."""

    def __init__(self, need: int, of: int, good: int) -> None:
        """Raise after ``need`` bad windows among the last ``of``; clear after ``good`` good ones.

        Raises:
            ValueError: the numbers make no sense.
        """
        if not 1 <= need <= of or good < 1:
            raise ValueError(f'{need} of {of} windows, cleared after {good}: use 1 <= m <= n, 1')
        self._need, self._of, self._good = need, of, good
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._ring: Flags | None = None
        self._place = 0

    def update(self, bad: Flags) -> Flags:
        """Take whether each condition is bad now; give which alarms are up."""
        if self._ring is None:
            self._ring = np.zeros((self._of, *bad.shape), bool)
            self._quiet = np.zeros(bad.shape, np.int64)
            self.up = np.zeros(bad.shape, bool)
        self._ring[self._place] = bad
        self._place = (self._place + 1) % self._of
        self._quiet = np.where(bad, 0, self._quiet + 1)
        raised = self._ring.sum(axis=0) >= self._need
        self.up = (self.up & (self._quiet < self._good)) | raised
        return self.up
