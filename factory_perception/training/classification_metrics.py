"""Figures about answers with one class each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Answers are grouped by how sure they are into so many bins.
BINS = 15


def classification_figures(
    labels: NDArray[np.int64], probabilities: NDArray[np.float32], classes: Sequence[str]
) -> dict[str, Any]:
    """Compare answers with labels.

    Args:
        labels: ``(N,)`` true class ids.
        probabilities: ``(N, C)``.
        classes: class names.

    Returns:
        ``accuracy``, ``macro_f1``, ``ece`` (expected calibration error), ``f1_per_class`` by name
        and the ``confusion`` matrix, rows being the truth.
    """
    from sklearn.metrics import confusion_matrix, f1_score

    answers = probabilities.argmax(1)
    ids = list(range(len(classes)))
    f1 = f1_score(labels, answers, labels=ids, average=None, zero_division=0.0)
    present = np.isin(ids, labels)
    return {
        'accuracy': float((answers == labels).mean()),
        'macro_f1': float(f1[present].mean()),
        'ece': calibration_error(labels, probabilities),
        'f1_per_class': {
            name: float(f1[i]) if present[i] else None for i, name in enumerate(classes)
        },
        'confusion': confusion_matrix(labels, answers, labels=ids).tolist(),
    }


def reliability(
    labels: NDArray[np.int64], probabilities: NDArray[np.float32]
) -> list[tuple[float, float, int]]:
    """Give (mean confidence, share right, count) of each bin of confidence that is not empty."""
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (
            float(confidence[bins == b].mean()),
            float(right[bins == b].mean()),
            int((bins == b).sum()),
        )
        for b in range(BINS)
        if (bins == b).any()
    ]


def calibration_error(labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> float:
    """Give the expected calibration error (Guo et al., arXiv:1706.04599)."""
    rows = reliability(labels, probabilities)
    return sum(abs(sure - right) * count for sure, right, count in rows) / max(len(labels), 1)


def best_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Give the temperature that makes answers as sure as they are right, by likelihood."""
    temperatures = np.geomspace(0.25, 8.0, 61)

    def loss(temperature: float) -> float:
        scaled = logits / temperature
        scaled = scaled - scaled.max(1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(1))
        return float((log_sum - scaled[np.arange(len(labels)), labels]).mean())

    return float(min(temperatures, key=loss))
