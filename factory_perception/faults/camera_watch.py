"""What the stream of detections says about the camera behind it: silence, the same picture again.

For detectors that measure nothing of the pictures themselves; see ``picture_layer`` for ours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.verdict import Verdict

#: So many pictures in a row with exactly the same boxes are one picture; a scene at rest still
#: has the noise of its camera.
FROZEN_PICTURES = 5
_NOT = float('nan')


class CameraWatch:
    """Watches one stream of detections."""

    def __init__(self, part: str, timeout_s: float) -> None:
        """Take the name of the camera, and how long silence is normal."""
        self._part = part
        self._timeout_ns = round(timeout_s * 1e9)
        self._last: NDArray[np.floating] | None = None
        self._same = 0
        self._first_ns = self._newest_ns = 0

    def add(self, boxes: NDArray[np.floating], stamp_ns: int) -> None:
        """Take the boxes ``(N, 4)`` of one picture."""
        self._newest_ns = stamp_ns
        same = self._last is not None and len(boxes) > 0 and np.array_equal(boxes, self._last)
        if not same:
            self._same, self._first_ns = 0, stamp_ns
        self._same += same
        self._last = boxes

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say what is wrong, now."""
        age_ns = now_ns - self._newest_ns
        if self._newest_ns and age_ns > self._timeout_ns:
            limit, age = self._timeout_ns * 1e-9, age_ns * 1e-9
            return [self._verdict('camera_stale', 'age', age, limit, 'its timeout')]
        if self._same >= FROZEN_PICTURES:
            compared = 'the pictures before, box by box'
            return [self._verdict('camera_frozen', 'boxes', self._same, FROZEN_PICTURES, compared)]
        return []

    def _verdict(
        self, fault: str, channel: str, value: float, limit: float, compared: str
    ) -> Verdict:
        onset = self._newest_ns if fault == 'camera_stale' else self._first_ns
        return Verdict(
            self._part, fault, _NOT, _NOT, channel, value, limit, compared, onset, 'camera'
        )
