"""Positions that jump farther than any drive can move: left out, until they stay there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.oddities import Oddities, Oddity

#: Noise and rounding of an encoder, and the first bite of a brake (rad or m).
_SLACK = 0.1
#: So many samples in a row at the new place are believed.
_BELIEVED = 3


class JumpFilter:
    """Watches the positions of one stream."""

    def __init__(self, max_speed: float, joints: tuple[str, ...], oddities: Oddities) -> None:
        """Take the speed that no joint exceeds (rad/s or m/s); infinity believes everything."""
        self._max_speed = max_speed
        self._joints = joints
        self._oddities = oddities
        self._strikes = 0

    def settles(
        self, position: NDArray[np.float64], before: NDArray[np.float64], later_ns: int
    ) -> bool:
        """Put NaN where a joint jumped; give whether it has now jumped so often that it is true.

        Then nothing is left out: the joint was given another zero, or turned on while unwatched.

        Args:
            position: ``(J,)``, changed in place.
            before: ``(J,)``, the positions of the sample before.
            later_ns: time between the two.
        """
        limit = _SLACK + self._max_speed * later_ns * 1e-9
        way = np.abs(position - before)
        # The largest way tells; joints whose way is unknown do not count.
        if not np.fmax.reduce(way) > limit:
            self._strikes = 0
            return False
        at = int(np.nanargmax(way))
        self._oddities.note(
            Oddity.JUMP, f'{self._joints[at]} from {before[at]:.4g} to {position[at]:.4g}'
        )
        self._strikes += 1
        if self._strikes >= _BELIEVED:
            self._strikes = 0
            return True
        position[way > limit] = np.nan
        return False
