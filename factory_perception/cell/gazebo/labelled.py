"""Gazebo's labelled boxes as the cell's truth: classes by name, defects beside their parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.gazebo.parts_table import KnownPart
from factory_perception.cell.parts import CLASSES
from factory_perception.cell.truth import IDS_PER_PART, LEAST_VISIBLE
from factory_perception.vision.detections import Detections


def named(
    labels: NDArray[np.int64],
    boxes_xyxy: NDArray[np.float32],
    parts: Mapping[int, KnownPart],
    size_wh: tuple[int, int],
) -> Detections:
    """Give what is really in the picture, classes as indices into ``CLASSES``.

    Args:
        labels: of Gazebo's boxes, (N,); one that no part has is left out.
        boxes_xyxy: the whole boxes (N, 4) in pixels, also beyond the border of the picture.
        parts: the parts by label.
        size_wh: size of the picture; less than a quarter seen counts as not seen.
    """
    rows: list[NDArray[np.float32]] = []
    kinds: list[str] = []
    numbers: list[int] = []
    for label, box in zip(labels.tolist(), boxes_xyxy):
        part = parts.get(label)
        if part is None:
            continue
        sides = np.tile(box[2:] - box[:2], 2)
        corner = np.tile(box[:2], 2)
        flaws = [corner + sides * np.array(flaw.share_xyxy, np.float32) for flaw in part.flaws]
        rows += [box, *flaws]
        kinds += [part.kind, *(flaw.kind for flaw in part.flaws)]
        numbers += [label * IDS_PER_PART + index for index in range(1 + len(flaws))]
    whole = np.array(rows, np.float32).reshape(-1, 4)
    seen = np.clip(whole, 0, np.tile(size_wh, 2)).astype(np.float32)
    kept = _areas(seen) >= LEAST_VISIBLE * np.maximum(_areas(whole), 1e-6)
    return Detections(
        seen[kept],
        np.ones(int(kept.sum()), np.float32),
        np.array([CLASSES.index(kind) for kind in kinds], np.int32)[kept],
        np.array(numbers, np.int64)[kept],
    )


def _areas(boxes_xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
    sides = np.maximum(boxes_xyxy[:, 2:] - boxes_xyxy[:, :2], 0)
    return sides[:, 0] * sides[:, 1]
