"""The recipe of each task."""

from __future__ import annotations

from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.recipe import Recipe

RECIPES: dict[str, type[Recipe]] = {'detect': DetectionRecipe}
