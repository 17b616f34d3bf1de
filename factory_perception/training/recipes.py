"""The recipe of each task."""

from __future__ import annotations

from typing import Any

from factory_perception.training.classification_recipe import ClassificationRecipe
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.fault_recipe import FaultRecipe
from factory_perception.training.forecast_recipe import ForecastRecipe
from factory_perception.training.recipe import Recipe
from factory_perception.training.segmentation_recipe import SegmentationRecipe
from factory_perception.training.telemetry_recipe import TelemetryRecipe

RECIPES: dict[str, type[Recipe[Any]]] = {
    'detect': DetectionRecipe,
    'classify': ClassificationRecipe,
    'segment': SegmentationRecipe,
    'forecast': ForecastRecipe,
    'fault': FaultRecipe,
    'telemetry': TelemetryRecipe,
}
