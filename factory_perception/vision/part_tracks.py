"""Follow parts from picture to picture, just well enough to count each one once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.boxes import iou_matrix

#: Two boxes that overlap less than this are not the same part.
LEAST_OVERLAP = 0.2
#: A part that was not seen for so long has left the picture.
PATIENCE_NS = 500_000_000


@dataclass
class PartTrack:
    """One part on its way through the picture, and the votes of the pictures it was seen in."""

    box_xyxy: NDArray[np.float32]
    stamp_ns: int
    velocity_px_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    pictures: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    defects: Counter[str] = field(default_factory=Counter)

    def expected(self, stamp_ns: int) -> NDArray[np.float32]:
        """Give the box where it should be by now when it keeps its speed."""
        way = self.velocity_px_s * ((stamp_ns - self.stamp_ns) / 1e9)
        return self.box_xyxy + np.tile(way, 2).astype(np.float32)

    def see(self, box_xyxy: NDArray[np.float32], stamp_ns: int) -> None:
        """Take over the place where it was seen."""
        seconds = (stamp_ns - self.stamp_ns) / 1e9
        if seconds > 0:
            moved = (box_xyxy - self.box_xyxy).reshape(2, 2).mean(axis=0) / seconds
            self.velocity_px_s = moved if self.pictures == 1 else (self.velocity_px_s + moved) / 2
        self.box_xyxy, self.stamp_ns = box_xyxy, stamp_ns
        self.pictures += 1


class PartTracks:
    """All parts that are in the picture of one camera."""

    def __init__(self) -> None:
        self._open: list[PartTrack] = []

    def update(
        self, boxes_xyxy: NDArray[np.float32], stamp_ns: int
    ) -> tuple[list[PartTrack], list[PartTrack]]:
        """Match the boxes ``(N, 4)`` of one picture to the parts that are followed.

        Returns:
            The track of each box, in order, and the tracks of the parts that have left.
        """
        if self._open and stamp_ns < max(track.stamp_ns for track in self._open):
            self._open = []  # the clock jumped back: a recording began again
        gone = [track for track in self._open if stamp_ns - track.stamp_ns > PATIENCE_NS]
        self._open = [track for track in self._open if stamp_ns - track.stamp_ns <= PATIENCE_NS]
        matched = self._match(boxes_xyxy, stamp_ns)
        for track, box in zip(matched, boxes_xyxy):
            track.see(box, stamp_ns)
        return matched, gone

    def _match(self, boxes_xyxy: NDArray[np.float32], stamp_ns: int) -> list[PartTrack]:
        found: list[PartTrack | None] = [None] * len(boxes_xyxy)
        if self._open and len(boxes_xyxy):
            expected = np.array([track.expected(stamp_ns) for track in self._open])
            overlap = iou_matrix(expected, boxes_xyxy)
            for row, column in _best_pairs(overlap):
                found[column] = self._open[row]
        tracks = []
        for track, box in zip(found, boxes_xyxy):
            if track is None:
                track = PartTrack(box, stamp_ns)
                self._open.append(track)
            tracks.append(track)
        return tracks


def _best_pairs(overlap: NDArray) -> Sequence[tuple[int, int]]:
    """Pair rows with columns greedily, the largest overlap first, each at most once."""
    overlap = overlap.copy()
    pairs = []
    while overlap.size and overlap.max() >= LEAST_OVERLAP:
        row, column = np.unravel_index(int(overlap.argmax()), overlap.shape)
        pairs.append((int(row), int(column)))
        overlap[row, :] = overlap[:, column] = 0
    return pairs
