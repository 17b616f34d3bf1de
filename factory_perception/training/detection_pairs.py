"""Which reported box belongs to which true one, whatever they are called; for confusions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.detections import Detections


def pair_boxes(true: Detections, seen: Detections, iou: float = 0.5) -> NDArray[np.int64]:
    """Pair boxes greedily, the surest first, without regard to their classes.

    A true box of the same class is preferred where several overlap enough.

    Returns:
        ``(N,)`` index of the true box of each detection, -1 where there is none.
    """
    overlap = iou_matrix(seen.boxes_xyxy, true.boxes_xyxy)
    overlap[overlap < iou] = -1
    same = seen.class_ids[:, None] == true.class_ids[None, :]
    rank = np.where(overlap >= iou, overlap + same, -1)  # (N, G)
    pairs = np.full(len(seen), -1, np.int64)
    for index in np.argsort(-seen.scores, kind='stable'):
        if rank.shape[1] and rank[index].max() >= 0:
            pairs[index] = rank[index].argmax()
            rank[:, pairs[index]] = -1
    return pairs


def detection_confusion(
    truths: Sequence[Detections], found: Sequence[Detections], classes: int
) -> NDArray[np.int64]:
    """Count what true boxes were taken for, ``(C + 1, C + 1)``.

    Rows are the truth, columns the answer. The last row counts reports of nothing, the last column
    true boxes that nobody reported.

    Args:
        truths: true boxes by picture.
        found: what was reported, above the threshold only.
        classes: number of classes.
    """
    counts = np.zeros((classes + 1, classes + 1), np.int64)
    for true, seen in zip(truths, found):
        pairs = pair_boxes(true, seen)
        rows = np.where(pairs >= 0, np.append(true.class_ids, 0)[pairs], classes)
        np.add.at(counts, (rows, seen.class_ids), 1)
        missed = np.delete(true.class_ids, pairs[pairs >= 0])
        np.add.at(counts, (missed, np.full(len(missed), classes)), 1)
    return counts
