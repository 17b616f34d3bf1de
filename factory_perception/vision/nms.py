"""Non-maximum suppression: of boxes that show the same thing, keep the surest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.boxes import iou_matrix


def keep_best(
    boxes_xyxy: NDArray[np.float32],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int32],
    iou_threshold: float,
    limit: int,
) -> NDArray[np.intp]:
    """Choose boxes greedily by score; a box falls to a surer one of the same class.

    Args:
        boxes_xyxy: ``(N, 4)`` edges.
        scores: ``(N,)``.
        class_ids: ``(N,)``; boxes of different classes never suppress each other.
        iou_threshold: overlap (intersection over union) above which two boxes are the same thing.
        limit: keep at most so many.

    Returns:
        Indices of the kept boxes, highest score first; equal scores keep their order.
    """
    order = np.argsort(-scores, kind='stable')
    boxes, classes = boxes_xyxy[order], class_ids[order]
    same = (iou_matrix(boxes, boxes) > iou_threshold) & (classes[:, None] == classes[None, :])
    alive = np.ones(len(order), bool)
    kept: list[int] = []
    for candidate in range(len(order)):
        if not alive[candidate]:
            continue
        kept.append(candidate)
        if len(kept) == limit:
            break
        alive &= ~same[candidate]
    return order[kept]
