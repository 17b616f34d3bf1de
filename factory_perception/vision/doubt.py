"""How doubtful the detections of one picture are: which pictures are worth labelling next."""

from __future__ import annotations

import numpy as np

from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.detections import Detections

#: Boxes of different classes that overlap more than this are two names for one thing.
SAME_PLACE = 0.6


def doubt(found: Detections, threshold: float, margin: float) -> float:
    """Give 0 for a picture without doubt, up to 1.

    Doubtful is a detection whose score lies just above the threshold (1 at the threshold, 0 at
    ``margin`` above it), and two classes at one place (1 when both are equally sure). The most
    doubtful thing in a picture counts.
    """
    if not len(found):
        return 0.0
    near = np.clip(1 - (found.scores - threshold) / max(margin, 1e-6), 0, 1)
    return max(float(near.max()), _rivalry(found))


def _rivalry(found: Detections) -> float:
    same_place = iou_matrix(found.boxes_xyxy, found.boxes_xyxy) > SAME_PLACE
    rivals = same_place & (found.class_ids[:, None] != found.class_ids[None, :])
    if not rivals.any():
        return 0.0
    low = np.minimum(found.scores[:, None], found.scores[None, :])
    high = np.maximum(found.scores[:, None], found.scores[None, :])
    return float((low / np.maximum(high, 1e-6))[rivals].max())
