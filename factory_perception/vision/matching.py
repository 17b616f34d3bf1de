"""Which detections are right: matched to true boxes picture by picture, ready to be resampled.

pycocotools gives the published figures. This gives the same AP at one overlap, with a weight for
every picture, so that intervals can be drawn by resampling pictures a thousand times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.detections import Detections

#: COCO reads the curve at these recalls.
_RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Matches:
    """All detections of a set, surest first, and the number of true boxes.

    Attributes:
        scores: ``(N,)`` highest first.
        right: ``(N,)`` whether a detection found a true box of its class that was still free.
        class_ids: ``(N,)``.
        pictures: ``(N,)`` index of the picture.
        truths: ``(P, C)`` number of true boxes by picture and class.
    """

    scores: NDArray[np.float32]
    right: NDArray[np.bool_]
    class_ids: NDArray[np.int32]
    pictures: NDArray[np.int64]
    truths: NDArray[np.int64]


def match(
    truths: Sequence[Detections], found: Sequence[Detections], classes: int, iou: float = 0.5
) -> Matches:
    """Match detections to true boxes greedily by score, as COCO does at one overlap."""
    rows = [_match_picture(true, seen, iou) for true, seen in zip(truths, found)]
    counts = [np.bincount(true.class_ids, minlength=classes) for true in truths]
    scores = np.concatenate([seen.scores for seen in found]) if found else np.zeros(0, np.float32)
    order = np.argsort(-scores, kind='stable')
    pictures = np.repeat(np.arange(len(found)), [len(seen) for seen in found])
    return Matches(
        scores[order],
        np.concatenate(rows)[order] if rows else np.zeros(0, bool),
        np.concatenate([seen.class_ids for seen in found])[order],
        pictures[order],
        np.array(counts).reshape(len(truths), classes),
    )


def _match_picture(true: Detections, seen: Detections, iou: float) -> NDArray[np.bool_]:
    overlap = iou_matrix(seen.boxes_xyxy, true.boxes_xyxy)
    overlap[seen.class_ids[:, None] != true.class_ids[None, :]] = 0
    right = np.zeros(len(seen), bool)
    for index in np.argsort(-seen.scores, kind='stable'):
        if not overlap.shape[1]:
            break
        best = int(overlap[index].argmax())
        if overlap[index, best] >= iou:
            right[index] = True
            overlap[:, best] = -1  # each true box is found once
    return right


def weighted_ap(matches: Matches, weights: NDArray[np.float64] | None = None) -> NDArray:
    """Give the average precision of each class ``(C,)`` with a weight for each picture ``(P,)``.

    NaN for a class without true boxes.
    """
    count, classes = matches.truths.shape
    weights = np.ones(count) if weights is None else weights
    return np.array([_class_ap(matches, class_id, weights) for class_id in range(classes)])


def _class_ap(matches: Matches, class_id: int, weights: NDArray[np.float64]) -> float:
    total = float(weights @ matches.truths[:, class_id])
    if total <= 0:
        return float('nan')
    chosen = matches.class_ids == class_id
    weight = weights[matches.pictures[chosen]]
    right = np.cumsum(weight * matches.right[chosen])
    all_found = np.cumsum(weight)
    if not len(right):
        return 0.0
    recall = right / total
    precision = np.divide(right, all_found, out=np.zeros_like(right), where=all_found > 0)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    index = np.searchsorted(recall, _RECALLS - 1e-12)
    padded = np.append(precision, 0.0)
    return float(padded[np.minimum(index, len(precision))].mean())


@dataclass(frozen=True)
class OperatingPoint:
    """How a detector does at one score threshold."""

    score: float
    precision: float
    recall: float
    f1: float
    right: int
    wrong: int
    missed: int


def operating_point(matches: Matches, score: float) -> OperatingPoint:
    """Count right, wrong and missed boxes of all classes at a threshold."""
    chosen = matches.scores >= score
    right = int(matches.right[chosen].sum())
    wrong = int(chosen.sum()) - right
    missed = int(matches.truths.sum()) - right
    precision = right / max(right + wrong, 1)
    recall = right / max(right + missed, 1)
    f1 = 2 * right / max(2 * right + wrong + missed, 1)
    return OperatingPoint(score, precision, recall, f1, right, wrong, missed)


def best_threshold(matches: Matches) -> float:
    """Give the score threshold with the highest F1; for validation data."""
    right = np.cumsum(matches.right)
    found = np.arange(1, len(right) + 1)
    if not len(right):
        return 0.5
    f1 = 2 * right / (found + matches.truths.sum())
    return float(matches.scores[int(f1.argmax())])
