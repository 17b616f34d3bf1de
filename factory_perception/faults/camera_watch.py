"""What the detections of one camera say about the camera and about the parts."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.verdict import Verdict

#: So many pictures in a row with exactly the same boxes are one picture; a scene at rest still
#: has the noise of its camera.
FROZEN_PICTURES = 5
#: Parts are gone from the picture after this time.
PICTURES_APART_NS = 3_000_000_000
#: The rate of defects is taken over so many parts, against the rate of the parts before.
RECENT_PARTS, USUAL_PARTS = 60, 600
#: Rates are told apart by so many standard deviations (two-proportion test).
_DEVIATIONS = 4.0
_NOT = float('nan')


class CameraWatch:
    """Watches one stream of detections."""

    def __init__(self, part: str, defects: Sequence[str], timeout_s: float) -> None:
        """Take the name of the camera and the classes that are defects."""
        self._part, self._defects = part, frozenset(defects)
        self._timeout_ns = round(timeout_s * 1e9)
        self._last: NDArray[np.float64] | None = None
        self._same = 0
        self._first_ns = self._newest_ns = self._counted_ns = 0
        self._seen: set[str] = set()
        self._bad: deque[bool] = deque(maxlen=USUAL_PARTS)

    def add(
        self, boxes: NDArray[np.float64], classes: Sequence[str], ids: Sequence[str], stamp_ns: int
    ) -> None:
        """Take the boxes ``(N, 4)`` of one picture, their classes, and their tracks ('' for none).

        What has a track counts once for the rate of defects; what has none counts in pictures that
        lie ``PICTURES_APART_NS`` apart, so that a part is not counted over and over.
        """
        self._newest_ns = stamp_ns
        same = self._last is not None and len(boxes) > 0 and np.array_equal(boxes, self._last)
        if not same:
            self._same, self._first_ns = 0, stamp_ns
        self._same += same
        self._last = boxes
        fresh = stamp_ns - self._counted_ns >= PICTURES_APART_NS
        if fresh:
            self._counted_ns = stamp_ns
        for name, track in zip(classes, ids):
            if track not in self._seen if track else fresh:
                self._bad.append(name in self._defects)
        self._seen.update(track for track in ids if track)
        if len(self._seen) > 10 * USUAL_PARTS:
            self._seen = set(ids)

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say what is wrong, now."""
        found = []
        age_ns = now_ns - self._newest_ns
        if self._newest_ns and age_ns > self._timeout_ns:
            limit = self._timeout_ns * 1e-9
            found.append(self._verdict('camera_stale', 'age', age_ns * 1e-9, limit, 'its timeout'))
        elif self._same >= FROZEN_PICTURES:
            compared = 'the pictures before, box by box'
            found.append(
                self._verdict('camera_frozen', 'boxes', self._same, FROZEN_PICTURES, compared)
            )
        rate = self._defect_rate()
        return found + ([rate] if rate else [])

    def _defect_rate(self) -> Verdict | None:
        """Compare the share of defects among the last parts with that of the parts before."""
        bad = np.array(self._bad)
        if len(bad) < 2 * RECENT_PARTS:
            return None
        recent, usual = bad[-RECENT_PARTS:].mean(), bad[:-RECENT_PARTS].mean()
        share = bad.mean()
        spread = np.sqrt(
            share * (1 - share) * (1 / RECENT_PARTS + 1 / (len(bad) - RECENT_PARTS)) + 1e-9
        )
        limit = float(usual + _DEVIATIONS * spread)
        if recent <= limit:
            return None
        compared = f'{usual:.1%} of the parts before'
        return self._verdict('defect_rate', 'share of defects', float(recent), limit, compared)

    def _verdict(
        self, fault: str, channel: str, value: float, limit: float, compared: str
    ) -> Verdict:
        onset = self._newest_ns if fault == 'camera_stale' else self._first_ns
        return Verdict(
            self._part, fault, _NOT, _NOT, channel, value, limit, compared, onset, 'camera'
        )
