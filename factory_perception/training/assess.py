"""Everything that is measured about a model on a data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.baselines import BASELINES
from factory_perception.training.data import PICTURE_TASKS, PictureData
from factory_perception.training.evaluate_detector import run_detector
from factory_perception.training.recipes import RECIPES
from factory_perception.training.spoiling import SPOILERS, Spoilt
from factory_perception.training.statistics import bootstrap, wilson
from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.matching import match, Matches, operating_point, weighted_ap

#: The overlap at which the authors of DeepPCB count (arXiv:1902.06197).
LOOSE_IOU = 0.33


def assess(
    folder: ModelFolder,
    data: Any,
    backend: str = 'auto',
    precision: str = 'auto',
    robustness: bool = False,
    baseline: bool = False,
) -> dict[str, Any]:
    """Measure a model; with intervals, and if asked on spoilt pictures and beside a simple rival.

    Raises:
        ModelError, EngineError: the model cannot be opened.
    """
    recipe = RECIPES[folder.manifest.task]()
    if folder.manifest.task == 'detect':
        metrics = assess_detector(folder, data, backend, precision)
    else:
        metrics = recipe.evaluate(folder, data, backend, precision)
    if robustness and folder.manifest.task in PICTURE_TASKS:
        metrics['robustness'] = _robustness(folder, data, backend, precision)
    if baseline and folder.manifest.task in BASELINES:
        metrics['baseline'] = BASELINES[folder.manifest.task](data)
    return metrics


def assess_detector(
    folder: ModelFolder, data: PictureData, backend: str, precision: str
) -> dict[str, Any]:
    """Measure a detector: COCO figures, operating point, confusion, intervals over pictures."""
    truths, found = run_detector(folder, data, backend, precision)
    classes = list(data.classes)
    matches = match(truths, found, len(classes))
    figures = average_precision(truths, found, classes)
    loose = weighted_ap(match(truths, found, len(classes), LOOSE_IOU))
    interval = bootstrap(lambda w: float(np.nanmean(weighted_ap(matches, w))), len(truths))
    threshold = folder.manifest.thresholds.get('score', 0.4)
    return {
        'pictures': len(data),
        'boxes': int(matches.truths.sum()),
        **figures,
        'map50_low': interval.low,
        'map50_high': interval.high,
        'map33': float(np.nanmean(loose)),
        'at_threshold': _at_threshold(matches, threshold),
    }


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


def _robustness(
    folder: ModelFolder, data: PictureData, backend: str, precision: str
) -> dict[str, Any]:
    """Give the main figure on pictures spoilt in every way, three times worse each."""
    recipe = RECIPES[folder.manifest.task]()
    table: dict[str, Any] = {}
    for name in SPOILERS:
        table[name] = {
            f'severity_{severity}': recipe.evaluate(
                folder, Spoilt(data, name, severity), backend, precision
            )[recipe.metric]
            for severity in (1, 2, 3)
        }
    return table
