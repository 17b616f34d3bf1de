"""Pictures made worse on purpose, to see how much a model can bear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.augmentation import warp
from factory_perception.training.data import Example, PictureData

Picture = NDArray[np.uint8]


def _noise(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    sigma = (8, 16, 32)[severity - 1]
    return np.clip(image + rng.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def _blur(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), (1.0, 2.0, 3.5)[severity - 1]), np.uint8)


def _dark(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    return (image * (0.7, 0.5, 0.3)[severity - 1]).astype(np.uint8)


def _bright(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    return np.clip(image * (1.3, 1.7, 2.2)[severity - 1], 0, 255).astype(np.uint8)


def _jpeg(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    quality = (50, 25, 10)[severity - 1]
    data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _unchanged(image: Picture, severity: int, rng: np.random.Generator) -> Picture:
    return image


#: Ways to spoil the pixels; ``rotation`` moves everything and is done by ``Spoilt`` itself.
SPOILERS: dict[str, Callable[[Picture, int, np.random.Generator], Picture]] = {
    'noise': _noise,
    'blur': _blur,
    'dark': _dark,
    'bright': _bright,
    'jpeg': _jpeg,
    'rotation': _unchanged,
}
ROTATIONS_DEG = (3.0, 8.0, 15.0)


class Spoilt:
    """A data set with every picture spoilt in one way; three severities."""

    def __init__(self, data: PictureData, how: str, severity: int) -> None:
        self._data, self._how, self._severity = data, how, severity
        self.task = data.task
        self.origin = f'{data.origin}, {how} {severity}'
        self.sha256 = data.sha256

    @property
    def classes(self) -> Sequence[str]:
        """Give the class names."""
        return self._data.classes

    def __len__(self) -> int:
        return len(self._data)

    def name(self, index: int) -> str:
        """Give the name of a picture."""
        return self._data.name(index)

    def read(self, index: int) -> Example:
        """Read a picture and spoil it; the same index is always spoilt alike."""
        example = self._data.read(index)
        rng = np.random.default_rng([index, self._severity])
        if self._how == 'rotation':
            return _rotated(example, ROTATIONS_DEG[self._severity - 1] * rng.choice([-1, 1]))
        image = SPOILERS[self._how](example.image_bgr, self._severity, rng)
        return replace(example, image_bgr=image)


def _rotated(example: Example, degrees: float) -> Example:
    height, width = example.image_bgr.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return warp(example, np.asarray(matrix, np.float64), (width, height))
