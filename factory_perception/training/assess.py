"""Everything that is measured about a model on a data set."""

from __future__ import annotations

from typing import Any

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.baselines import BASELINES
from factory_perception.training.data import PICTURE_TASKS, PictureData
from factory_perception.training.detection_figures import detection_figures
from factory_perception.training.evaluate_detector import run_detector
from factory_perception.training.recipes import RECIPES
from factory_perception.training.spoiling import SPOILERS, Spoilt


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
    if robustness:
        with open_engine(folder, backend, precision) as engine:  # chosen, and told, once
            backend, precision = engine.info.backend, engine.info.precision
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
    threshold = folder.manifest.thresholds.get('score', 0.4)
    return detection_figures(truths, found, data.classes, threshold)


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
