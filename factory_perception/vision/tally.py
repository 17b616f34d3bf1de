"""Count the parts that pass a camera: good ones, defective ones, and what was wrong with them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.detections import Detections
from factory_perception.vision.part_tracks import PartTrack, PartTracks

#: What was seen in fewer pictures is no part.
LEAST_PICTURES = 4
#: A defect counts when it was seen in this share of the pictures of its part.
DEFECT_SHARE = 0.3
#: So many of the last parts are remembered one by one.
RECENT = 60


@dataclass(frozen=True)
class PartVerdict:
    """One part that has passed; without defects it is a good one."""

    stamp_ns: int
    kind: str
    defects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What has passed since the count began."""

    good: dict[str, int] = field(default_factory=dict)
    defective: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    recent: tuple[PartVerdict, ...] = ()


class PartTally:
    """Counts each part once, when it leaves the picture; for one camera and one thread.

    A defect belongs to the smallest part box that holds its centre. A part and its defects are what
    the majority of its pictures say, so that one doubtful picture does not make a reject.
    """

    def __init__(self) -> None:
        self._tracks = PartTracks()
        self._good: Counter[str] = Counter()
        self._defective: Counter[str] = Counter()
        self._defects: Counter[str] = Counter()
        self._recent: deque[PartVerdict] = deque(maxlen=RECENT)

    @property
    def counts(self) -> Counts:
        """Give the counts so far."""
        return Counts(
            dict(self._good), dict(self._defective), dict(self._defects), tuple(self._recent)
        )

    def update(
        self, found: Detections, classes: Sequence[str], defects: Collection[str], stamp_ns: int
    ) -> list[PartVerdict]:
        """Take in one picture and give the parts that have left since the one before.

        Args:
            found: what the detector saw.
            classes: name of each class id.
            defects: which of these names are defects; all others are parts.
            stamp_ns: stamp of the picture.
        """
        bad = {index for index, name in enumerate(classes) if name in defects}
        is_defect = np.isin(found.class_ids, list(bad))
        parts, wrong = found.select(~is_defect), found.select(is_defect)
        tracks, gone = self._tracks.update(parts.boxes_xyxy, stamp_ns)
        for track, class_id in zip(tracks, parts.class_ids):
            track.kinds[classes[class_id]] += 1
        owners = _owners(wrong.boxes_xyxy, parts.boxes_xyxy)
        seen = {(owner, classes[c]) for owner, c in zip(owners, wrong.class_ids) if owner >= 0}
        for owner, name in seen:
            tracks[owner].defects[name] += 1
        verdicts = [_judge(track) for track in gone if track.pictures >= LEAST_PICTURES]
        for verdict in verdicts:
            self._count(verdict)
        return verdicts

    def _count(self, verdict: PartVerdict) -> None:
        (self._defective if verdict.defects else self._good)[verdict.kind] += 1
        self._defects.update(verdict.defects)
        self._recent.append(verdict)


def _judge(track: PartTrack) -> PartVerdict:
    defects = sorted(
        name for name, votes in track.defects.items() if votes >= DEFECT_SHARE * track.pictures
    )
    return PartVerdict(track.stamp_ns, track.kinds.most_common(1)[0][0], tuple(defects))


def _owners(
    defect_boxes_xyxy: NDArray[np.float32], part_boxes_xyxy: NDArray[np.float32]
) -> list[int]:
    """Give the index of the smallest part that holds the centre of each defect, or -1."""
    if not len(part_boxes_xyxy):
        return [-1] * len(defect_boxes_xyxy)
    centres = (defect_boxes_xyxy[:, :2] + defect_boxes_xyxy[:, 2:]) / 2
    low, high = part_boxes_xyxy[None, :, :2], part_boxes_xyxy[None, :, 2:]
    inside = ((centres[:, None] >= low) & (centres[:, None] <= high)).all(axis=2)
    sizes = (part_boxes_xyxy[:, 2:] - part_boxes_xyxy[:, :2]).prod(axis=1)
    ranked = np.where(inside, sizes[None, :], np.inf)
    return [int(row.argmin()) if np.isfinite(row).any() else -1 for row in ranked]
