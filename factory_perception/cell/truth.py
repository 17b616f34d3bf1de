"""What is really in a picture: a box, a class and an identity for every visible thing.

A box is tight round the pixels in which the thing is seen: pixels that it covers by half or more
and that nothing nearer hides. Its edges are pixel edges: a thing in columns 3 to 5 has x from 3 to
6. Left out are things seen by less than a quarter of their pixels (the rest is beyond the border of
the picture or hidden) and things whose box is too small to be found: ``LEAST_PART_PX`` and
``LEAST_DEFECT_PX``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.arrays import Cover, Field, Mask
from factory_perception.cell.parts import CLASSES, PARTS

LEAST_VISIBLE = 0.25
#: The shorter side of a part's box, in pixels.
LEAST_PART_PX = 12
#: The shorter and the longer side of a defect's box, in pixels.
LEAST_DEFECT_PX = (4, 8)
#: Identities of one part and its defects: the part's number times this, then counting up.
IDS_PER_PART = 8


@dataclass(frozen=True)
class Truth:
    """The visible things of one picture, parts in drawing order, each followed by its defects.

    ``boxes_xyxy`` float32 (N, 4) in pixels; ``class_ids`` int64 (N,) into ``CLASSES``;
    ``instance_ids`` int64 (N,), the same for a thing in every picture; ``part_ids`` int64 (N,) the
    instance id of the part a thing belongs to, its own for a part; ``visible`` float32 (N,) the
    share of its pixels that are seen; ``areas`` int64 (N,) the number of those pixels; ``masks``
    bool (N, rows, columns) where asked for.
    """

    boxes_xyxy: Field
    class_ids: NDArray[np.int64]
    instance_ids: NDArray[np.int64]
    part_ids: NDArray[np.int64]
    visible: Field
    areas: NDArray[np.int64]
    masks: Mask | None = None

    def __len__(self) -> int:
        return len(self.class_ids)


@dataclass
class TruthBuilder:
    """Collects the visible things of one picture."""

    size_wh: tuple[int, int]
    with_masks: bool
    _rows: list[tuple[int, int, int, float, int, tuple[float, ...]]] = field(default_factory=list)
    _masks: list[Mask] = field(default_factory=list)

    def add(
        self,
        kind: str,
        instance: int,
        part: int,
        seen: Cover,
        corner_xy: tuple[int, int],
        total: int,
    ) -> bool:
        """Add a thing if it can be seen well enough; say whether it was added.

        Args:
            kind: its class.
            instance: its identity.
            part: the identity of its part.
            seen: its visible pixels (non-zero), a window of the picture.
            corner_xy: column and row of the window's first pixel.
            total: the number of its pixels if nothing hid them.
        """
        x, y, width, height = cv2.boundingRect(seen)
        count = cv2.countNonZero(seen)
        if total == 0 or count < LEAST_VISIBLE * total:
            return False
        if not _large_enough(kind, width, height):
            return False
        left, top = x + corner_xy[0], y + corner_xy[1]
        box = (float(left), float(top), float(left + width), float(top + height))
        self._rows.append((CLASSES.index(kind), instance, part, count / total, count, box))
        if self.with_masks:
            whole = np.zeros((self.size_wh[1], self.size_wh[0]), bool)
            rows, columns = seen.shape
            whole[corner_xy[1] : corner_xy[1] + rows, corner_xy[0] : corner_xy[0] + columns] = (
                seen > 0
            )
            self._masks.append(whole)
        return True

    def truth(self) -> Truth:
        """Give what was collected."""
        columns = list(zip(*self._rows)) if self._rows else [()] * 6
        masks = None
        if self.with_masks:
            shape = (len(self._rows), self.size_wh[1], self.size_wh[0])
            masks = np.array(self._masks, bool).reshape(shape)
        return Truth(
            np.array(columns[5], np.float32).reshape(-1, 4),
            np.array(columns[0], np.int64),
            np.array(columns[1], np.int64),
            np.array(columns[2], np.int64),
            np.array(columns[3], np.float32),
            np.array(columns[4], np.int64),
            masks,
        )


def _large_enough(kind: str, width: int, height: int) -> bool:
    shorter, longer = sorted((width, height))
    if kind in PARTS:
        return shorter >= LEAST_PART_PX
    return shorter >= LEAST_DEFECT_PX[0] and longer >= LEAST_DEFECT_PX[1]
