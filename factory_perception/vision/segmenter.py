"""Pictures in, a class for every pixel out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.vision.classifier import PictureModel
from factory_perception.vision.image_view import ColourImage


class Segmenter(PictureModel):
    """Marks what each pixel belongs to."""

    def __init__(self, folder: ModelFolder, engine: Engine) -> None:
        super().__init__(folder, engine, 'segment')

    def probabilities(self, image: ColourImage) -> NDArray[np.float32]:
        """Give the probability of every class at every pixel of a picture, ``(C, H, W)``."""
        found, fit = self.run(image)  # (C, H_in, W_in)
        (left, top), (width, height) = fit.offset_xy, fit.resized_wh
        window = found[:, top : top + height, left : left + width]
        return np.stack([cv2.resize(plane, fit.source_wh) for plane in window])

    def segment(self, image: ColourImage) -> NDArray[np.uint8]:
        """Give the class id of every pixel of a picture, ``(H, W)``."""
        return self.probabilities(image).argmax(axis=0).astype(np.uint8)
