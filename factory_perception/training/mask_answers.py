"""The masks that a published segmenter gives, beside the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import PictureData
from factory_perception.training.segmentation_metrics import count_pixels
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.segmenter import Segmenter

#: Of so many pixels of each picture the probabilities are kept.
PIXELS = 300


@dataclass(frozen=True)
class MaskAnswers:
    """Counted pixels and answered masks of every picture.

    Attributes:
        counts: ``(P, C, C)`` pixels by true and answered class.
        masks_png: the answered masks, as PNG files: a set of masks as arrays could fill the memory.
        classes: class names, the first is the background.
        labels: ``(P, S)`` true class ids of some pixels of each picture, drawn at random.
        probabilities: ``(P, S, C)`` what was answered there.
    """

    counts: NDArray[np.int64]
    masks_png: Sequence[bytes]
    classes: Sequence[str]
    labels: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    names: tuple[str, ...] = ('miou', 'dice')
    unit: str = 'pictures'

    @property
    def units(self) -> int:
        """Give the number of pictures."""
        return len(self.counts)

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give mean overlap, mean Dice, and the overlap of each class."""
        counts = np.tensordot(weights, self.counts, 1)  # (C, C)
        hits, true, said = np.diag(counts), counts.sum(1), counts.sum(0)
        present = true > 0
        iou = np.full(len(hits), np.nan)
        iou[present] = hits[present] / (true + said - hits)[present]
        if not present.any():
            return np.array([np.nan, np.nan, *iou])
        dice = 2 * hits[present] / (true + said)[present]
        return np.array([iou[present].mean(), dice.mean(), *iou])

    def mask(self, index: int) -> NDArray[np.uint8]:
        """Give the answered mask of a picture, ``(H, W)`` class ids."""
        data = np.frombuffer(self.masks_png[index], np.uint8)
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


def mask_answers(
    folder: ModelFolder, data: PictureData, backend: str, precision: str
) -> MaskAnswers:
    """Run a published segmenter over a set."""
    size = len(data.classes)
    rng = np.random.default_rng(0)
    counts, masks, labels, probabilities = [], [], [], []
    with open_engine(folder, backend, precision) as engine:
        segmenter = Segmenter(folder, engine)
        for index in range(len(data)):
            example = data.read(index)
            assert example.mask is not None
            found = segmenter.probabilities(ColourImage(example.image_bgr, 'bgr'))  # (C, H, W)
            answer = found.argmax(0).astype(np.uint8)
            counts.append(count_pixels(example.mask, answer, size))
            masks.append(cv2.imencode('.png', answer)[1].tobytes())
            drawn = rng.integers(0, answer.size, PIXELS)
            labels.append(example.mask.ravel()[drawn])
            probabilities.append(found.reshape(size, -1)[:, drawn].T)
    return MaskAnswers(
        np.stack(counts), masks, tuple(data.classes), np.stack(labels), np.stack(probabilities)
    )
