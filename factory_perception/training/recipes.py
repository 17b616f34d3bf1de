"""The recipe of each task."""

from __future__ import annotations

from factory_perception.training.classification_recipe import ClassificationRecipe
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.recipe import Recipe
from factory_perception.training.segmentation_recipe import SegmentationRecipe

RECIPES: dict[str, type[Recipe]] = {
    'detect': DetectionRecipe,
    'classify': ClassificationRecipe,
    'segment': SegmentationRecipe,
}
