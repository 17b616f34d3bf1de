"""All figures of a detector from what is there and what it found; no torch, no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from factory_perception.training.detection_pairs import detection_confusion
from factory_perception.training.statistics import bootstrap, wilson
from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.detections import Detections
from factory_perception.vision.matching import match, Matches, operating_point, weighted_ap

#: The overlap at which the authors of DeepPCB count (arXiv:1902.06197).
LOOSE_IOU = 0.33


def detection_figures(
    truths: Sequence[Detections],
    found: Sequence[Detections],
    classes: Sequence[str],
    threshold: float,
) -> dict[str, Any]:
    """Give COCO figures, intervals over pictures, operating point and confusion at a threshold.

    Args:
        truths: the true boxes of each picture.
        found: what was found in the same pictures.
        classes: their names.
        threshold: the score at which a node reports.
    """
    names = list(classes)
    matches = match(truths, found, len(names))
    loose = weighted_ap(match(truths, found, len(names), LOOSE_IOU))
    interval = bootstrap(lambda w: float(np.nanmean(weighted_ap(matches, w))), len(truths))
    return {
        'pictures': len(truths),
        'boxes': int(matches.truths.sum()),
        **average_precision(truths, found, names),
        'map50_low': interval.low,
        'map50_high': interval.high,
        'map33': float(np.nanmean(loose)),
        'at_threshold': _at_threshold(matches, threshold),
        'confusion': _confusion(truths, found, names, threshold),
    }


def _confusion(
    truths: Sequence[Detections], found: Sequence[Detections], names: list[str], threshold: float
) -> dict[str, Any]:
    """Count what true boxes were taken for at a threshold; rows are the truth."""
    reported = [seen.select(seen.scores >= threshold) for seen in found]
    counts = detection_confusion(truths, reported, len(names))
    return {'names': [*names, 'nothing'], 'counts': counts.tolist()}


def _at_threshold(matches: Matches, threshold: float) -> dict[str, Any]:
    point = operating_point(matches, threshold)
    recall = wilson(point.right, point.right + point.missed)
    precision = wilson(point.right, point.right + point.wrong)
    return {
        'score': threshold,
        'precision': point.precision,
        'precision_low': precision.low,
        'precision_high': precision.high,
        'recall': point.recall,
        'recall_low': recall.low,
        'recall_high': recall.high,
        'f1': point.f1,
        'wrong_per_picture': point.wrong / max(len(matches.truths), 1),
    }
