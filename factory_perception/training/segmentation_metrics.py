"""Figures about masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def count_pixels(
    truth: NDArray[np.uint8], answer: NDArray[np.uint8], classes: int
) -> NDArray[np.int64]:
    """Count pixels ``(C, C)`` by true and answered class; masks ``(H, W)`` of class ids."""
    pairs = truth.astype(np.int64).ravel() * classes + answer.ravel()
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


class MaskCounts:
    """Pixels by true and answered class, added up picture by picture."""

    def __init__(self, classes: Sequence[str]) -> None:
        self._classes = classes
        self._counts = np.zeros((len(classes), len(classes)), np.int64)

    def add(self, truth: NDArray[np.uint8], answer: NDArray[np.uint8]) -> None:
        """Count the pixels of one picture; masks ``(H, W)`` of class ids."""
        self._counts += count_pixels(truth, answer, len(self._classes))

    def figures(self) -> dict[str, Any]:
        """Give ``miou`` and ``dice`` over the classes that occur, and both per class by name."""
        hit = np.diag(self._counts).astype(float)
        true, found = self._counts.sum(1), self._counts.sum(0)
        present = true > 0
        iou = hit / np.maximum(true + found - hit, 1)
        dice = 2 * hit / np.maximum(true + found, 1)

        def by_name(values: NDArray[np.float64]) -> dict[str, float | None]:
            return {
                name: float(values[index]) if present[index] else None
                for index, name in enumerate(self._classes)
            }

        return {
            'miou': float(iou[present].mean()) if present.any() else 0.0,
            'dice': float(dice[present].mean()) if present.any() else 0.0,
            'pixel_accuracy': float(hit.sum() / max(self._counts.sum(), 1)),
            'iou_per_class': by_name(iou),
            'dice_per_class': by_name(dice),
        }
