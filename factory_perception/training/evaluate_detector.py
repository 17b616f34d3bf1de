"""Measure a detector the way it is shipped: manifest, engine, decoder; never the torch module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ModelError
from factory_perception.training.data import Example, PictureData
from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.detections import Detections
from factory_perception.vision.detector import Detector
from factory_perception.vision.image_view import ColourImage

#: The curve needs the unsure detections too.
CURVE_SCORE = 0.01


def run_detector(
    folder: ModelFolder,
    data: PictureData,
    backend: str = 'auto',
    precision: str = 'auto',
    watch: Callable[[int], None] = lambda done: None,
) -> tuple[list[Detections], list[Detections]]:
    """Run a published detector over a set; give truth and findings of every picture.

    Raises:
        ModelError, EngineError: the model cannot be opened.
    """
    truths, found = [], []
    with open_engine(folder, backend, precision) as engine:
        detector = Detector(folder, engine)
        detector.limits = replace(detector.limits, score=CURVE_SCORE, max_detections=100)
        for index in range(len(data)):
            example = data.read(index)
            assert example.boxes is not None
            results, _ = detector.detect(
                [ColourImage(example.image_bgr, 'bgr')], _templates(detector, example)
            )
            truths.append(example.boxes)
            found.append(results[0])
            watch(index + 1)
    return truths, found


def _templates(detector: Detector, example: Example) -> list[ColourImage]:
    if not detector.needs_template:
        return []
    if example.template_bgr is None:
        raise ModelError('the model compares with a template, but the data set has none')
    return [ColourImage(example.template_bgr, 'bgr')]


def evaluate_detector(folder: ModelFolder, data: PictureData, **options: Any) -> dict[str, Any]:
    """Give the figures of a published detector on a set, with the name of the set.

    Raises:
        ModelError, EngineError: the model cannot be opened.
    """
    truths, found = run_detector(folder, data, **options)
    figures = average_precision(truths, found, folder.manifest.classes)
    return {
        'data': data.origin,
        'data_sha256': data.sha256,
        'pictures': len(data),
        'per_class': figures['ap50_per_class'],
        **figures,
    }
