"""Whether a part was lost from a gripper that a camera sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.verdict import Verdict

GRIPPER = 'gripper'
#: A part counts as held when it was seen in so many pictures since the gripper closed.
_LEAST_SEEN = 3
#: It is lost when it was not seen for so long, in so many pictures: a detector may miss a few.
LOST_NS, _LEAST_MISSED = 300_000_000, 3
_NOT = float('nan')


class GripWatch:
    """Watches one gripper; what happened to a part is known until the gripper opens again."""

    def __init__(self, zone_xyxy: Sequence[float], holds: Sequence[float]) -> None:
        """Take where a held part is in the picture, and positions of a gripper that is closed.

        Args:
            zone_xyxy: left, top, right and bottom edge in pixels.
            holds: least and greatest position of its joint.

        Raises:
            ValueError: an empty zone or interval.
        """
        left, top, right, bottom = zone_xyxy
        low, high = holds
        if not (left < right and top < bottom and low < high):
            raise ValueError(
                f'grip_zone {list(zone_xyxy)} must be left, top, right, bottom in pixels, and '
                f'gripper_holds {list(holds)} the least and greatest position of a closed gripper'
            )
        self._zone, self._holds = np.array(zone_xyxy, np.float64), (low, high)
        self._closed = False
        self._open()

    def _open(self) -> None:
        self._seen = self._missed = self._last_ns = self._newest_ns = 0

    def move(self, position: float) -> None:
        """Take the position of the gripper's joint."""
        closed = self._holds[0] <= position <= self._holds[1]
        if closed != self._closed and not np.isnan(position):
            self._closed = closed
            self._open()

    def see(self, boxes_xyxy: NDArray[np.floating], now_ns: int) -> None:
        """Take the boxes ``(N, 4)`` of the parts in one picture."""
        if not self._closed or self._lost:
            return
        middles = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2
        inside = ((middles >= self._zone[:2]) & (middles <= self._zone[2:])).all(axis=1)
        self._newest_ns = now_ns
        if inside.any():
            self._seen, self._missed, self._last_ns = self._seen + 1, 0, now_ns
        else:
            self._missed += 1

    @property
    def _lost(self) -> bool:
        return (
            self._seen >= _LEAST_SEEN
            and self._missed >= _LEAST_MISSED
            and self._newest_ns - self._last_ns >= LOST_NS
        )

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say whether the part is gone although the gripper is closed."""
        if not self._lost:
            return []
        return [
            Verdict(
                GRIPPER, 'grip_loss', _NOT, _NOT, 'seconds without a part in the closed gripper',
                (now_ns - self._last_ns) * 1e-9, LOST_NS * 1e-9,
                f'{self._seen} pictures with one before', self._last_ns, 'camera',
            )
        ]  # fmt: skip
