"""The boxes that a published detector gives, beside the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import PictureData
from factory_perception.training.evaluate_detector import run_detector
from factory_perception.vision.detections import Detections
from factory_perception.vision.matching import match, Matches, weighted_ap


@dataclass(frozen=True)
class DetectionAnswers:
    """Truth and findings of every picture.

    Attributes:
        truths: the true boxes.
        found: the detections, unsure ones too.
        classes: class names.
        threshold: score from which the nodes report a detection.
    """

    truths: Sequence[Detections]
    found: Sequence[Detections]
    classes: Sequence[str]
    threshold: float
    names: tuple[str, ...] = ('map50', 'f1')
    unit: str = 'pictures'

    @property
    def units(self) -> int:
        """Give the number of pictures."""
        return len(self.truths)

    @cached_property
    def matches(self) -> Matches:
        """Give the matches at an overlap of one half."""
        return match(self.truths, self.found, len(self.classes))

    def measure(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give mean average precision, F1 at the threshold, and the precision of each class."""
        by_class = weighted_ap(self.matches, weights)
        known = by_class[~np.isnan(by_class)]
        mean = known.mean() if len(known) else float('nan')
        return np.array([mean, self._f1(weights), *by_class])

    def classless(self) -> DetectionAnswers:
        """Give the same answers where it only matters that something is there."""

        def aside(one: Detections) -> Detections:
            return replace(one, class_ids=np.zeros(len(one), np.int32))

        truths, found = map(aside, self.truths), map(aside, self.found)
        return replace(self, truths=[*truths], found=[*found], classes=('anything',))

    def _f1(self, weights: NDArray[np.float64]) -> float:
        reported = self.matches.scores >= self.threshold
        weight = weights[self.matches.pictures[reported]]
        right = float(weight @ self.matches.right[reported])
        total = float(weight.sum()) + float(weights @ self.matches.truths.sum(1))
        return 2 * right / total if total else float('nan')


def detection_answers(
    folder: ModelFolder, data: PictureData, backend: str, precision: str
) -> DetectionAnswers:
    """Run a published detector over a set."""
    truths, found = run_detector(folder, data, backend, precision)
    threshold = folder.manifest.thresholds.get('score', 0.4)
    return DetectionAnswers(truths, found, tuple(data.classes), threshold)
