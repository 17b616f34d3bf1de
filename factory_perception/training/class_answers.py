"""The probabilities that a published classifier gives, beside the true classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import PictureData
from factory_perception.vision.classifier import Classifier
from factory_perception.vision.image_view import ColourImage


@dataclass(frozen=True)
class ClassAnswers:
    """Truth and probabilities of every picture.

    Attributes:
        labels: ``(P,)`` true class ids.
        probabilities: ``(P, C)``.
        classes: class names.
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    classes: Sequence[str]
    names: tuple[str, ...] = ('macro_f1', 'accuracy')
    unit: str = 'pictures'

    @property
    def units(self) -> int:
        """Give the number of pictures."""
        return len(self.labels)

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the mean F1 over classes, the share that is right, and F1 of each class."""
        size = len(self.classes)
        pairs = self.labels * size + self.probabilities.argmax(1)
        counts = np.bincount(pairs, weights, size * size).reshape(size, size)
        hits, true, said = np.diag(counts), counts.sum(1), counts.sum(0)
        f1 = np.full(size, np.nan)
        present = true > 0
        f1[present] = 2 * hits[present] / (true + said)[present]
        mean = f1[present].mean() if present.any() else float('nan')
        return np.array([mean, hits.sum() / max(counts.sum(), 1e-12), *f1])


def class_answers(
    folder: ModelFolder, data: PictureData, backend: str, precision: str
) -> ClassAnswers:
    """Run a published classifier over a set."""
    labels, rows = [], []
    with open_engine(folder, backend, precision) as engine:
        classifier = Classifier(folder, engine)
        for index in range(len(data)):
            example = data.read(index)
            rows.append(classifier.classify([ColourImage(example.image_bgr, 'bgr')])[0])
            labels.append(example.label)
    return ClassAnswers(np.array(labels, np.int64), np.stack(rows), tuple(data.classes))
