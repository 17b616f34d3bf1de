"""How long a robot has stood still."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: A robot whose joints stay within so much (rad or m) stands still.
STILL = 2e-3
#: After so long, nobody knows when it will move again: no data set has such pauses.
LONG_NS = 5_000_000_000


class Stillness:
    """Follows one robot."""

    def __init__(self) -> None:
        self._anchor: NDArray[np.float64] | None = None
        self._since_ns = 0
        #: For how long it has stood still.
        self.still_ns = 0

    def update(self, stamp_ns: int, position: NDArray[np.float64]) -> bool:
        """Take the next row ``(J,)``; give whether the robot has stood still for long."""
        if self._anchor is None or np.abs(position - self._anchor).max() > STILL:
            self._anchor, self._since_ns = position.copy(), stamp_ns
        self.still_ns = stamp_ns - self._since_ns
        return self.still_ns > LONG_NS

    def reset(self) -> None:
        """Forget everything."""
        self._anchor, self.still_ns = None, 0
