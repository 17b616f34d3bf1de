"""How the network sees the data: its features, laid flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import Axis, Chart, Points
from factory_perception.training.report.features import Features
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.sections.precision_recall import MOST_LINES
from factory_perception.training.report.text import percent

TITLE = 'How the network sees the data'


def features_section(
    train: Features | None, validation: Features | None, classes: Sequence[str]
) -> Section:
    """Draw the two main directions of the features, by class and part of the data."""
    if train is None or validation is None or len(train.ids) < 3 or not len(validation.ids):
        return left_out(TITLE, 'there are too few examples')
    centre, axes, shares = principal_axes(train.vectors)
    flat, flat_new = ((part.vectors - centre) @ axes.T for part in (train, validation))
    frequent = np.argsort(-np.bincount(validation.ids, minlength=len(classes)), kind='stable')
    shown = set(frequent[:MOST_LINES].tolist())
    layers = []
    for faint, places, ids in ((True, flat, train.ids), (False, flat_new, validation.ids)):
        for class_id, name in enumerate(classes):
            chosen = ids == class_id
            if class_id in shown and chosen.any():
                layers.append(Points(name, places[chosen, 0], places[chosen, 1], faint))
    chart = Chart(
        'features', 'Main directions of the features',
        'training and validation examples by class in the plane of the two main directions',
        Axis(f'first direction ({percent(shares[0])} of the spread)'),
        Axis(f'second ({percent(shares[1])})'), tuple(layers),
        'Pale dots: training examples; strong dots: validation examples. Directions are those of '
        'the training features (PCA). Validation dots far from all pale ones show something that '
        'the training data lacks.' + _rest(len(classes)),
    )  # fmt: skip
    share = neighbour_agreement(train, validation)
    lead = (
        f'For {percent(share)} of {len(validation.ids)} validation {validation.what} the most '
        'similar training one, as the network sees them, is of the same class.'
    )
    return Section(TITLE, (chart,), lead)


def _rest(classes: int) -> str:
    return f' The {MOST_LINES} most frequent of {classes} classes.' if classes > MOST_LINES else ''


def principal_axes(
    vectors: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give mean ``(D,)``, two main axes ``(2, D)`` and their shares of the variance ``(2,)``."""
    centre = vectors.mean(0, dtype=np.float64)
    _, lengths, axes = np.linalg.svd(vectors - centre, full_matrices=False)
    spread = lengths**2 / max(float((lengths**2).sum()), 1e-12)
    return centre, axes[:2], spread[:2]


def neighbour_agreement(train: Features, validation: Features) -> float:
    """Give the share of validation examples whose nearest training example has their class."""
    a, b = validation.vectors.astype(np.float64), train.vectors.astype(np.float64)
    distances = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)[None]  # (N, M)
    return float((train.ids[distances.argmin(1)] == validation.ids).mean())
