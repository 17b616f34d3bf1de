"""Curves of precision over recall: what every threshold would give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import Axis, Chart, Line, Mark, thinned
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.view import Ranked

TITLE = 'Precision and recall'
#: More lines than this are not to be told apart.
MOST_LINES = 12


def precision_recall_section(
    ranked: Ranked | None, classes: Sequence[str], threshold: float | None
) -> Section:
    """Draw a curve for each class, and one of precision and recall over the threshold."""
    if ranked is None or not ranked.totals.sum():
        return left_out(TITLE, 'there is nothing to be found in the validation set')
    shown = np.argsort(-ranked.totals, kind='stable')[:MOST_LINES]
    lines = []
    for class_id in sorted(shown.tolist()):
        if ranked.totals[class_id]:
            chosen = ranked.class_ids == class_id
            recall, precision = curve(
                ranked.scores[chosen], ranked.right[chosen], int(ranked.totals[class_id])
            )
            lines.append(Line(classes[class_id], *thinned(recall, precision), step=True))
    note = ''
    if (ranked.totals > 0).sum() > MOST_LINES:
        note = f'The {MOST_LINES} most frequent of {int((ranked.totals > 0).sum())} classes.'
    by_class = Chart(
        'precision_recall', 'By class', 'precision over recall for each class',
        Axis('recall: share found', 0.0, 1.0), Axis('precision: share right', 0.0, 1.0),
        tuple(lines), note,
    )  # fmt: skip
    lead = f'Of all {ranked.what}: how many are found, and how many answers are right.'
    return Section(TITLE, (by_class, _by_threshold(ranked, threshold)), lead)


def curve(
    scores: NDArray[np.floating], right: NDArray[np.bool_], total: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give recall and precision for every threshold, the highest first; equal scores together."""
    order = np.argsort(-scores, kind='stable')
    hits = np.cumsum(right[order])
    last = np.append(np.diff(scores[order]) != 0, True) if len(order) else np.zeros(0, bool)
    found = np.arange(1, len(order) + 1)
    return (hits / max(total, 1))[last], (hits / found)[last]


def _by_threshold(ranked: Ranked, threshold: float | None) -> Chart:
    order = np.argsort(-ranked.scores, kind='stable')
    scores = ranked.scores[order].astype(np.float64)
    hits = np.cumsum(ranked.right[order])
    total = max(int(ranked.totals.sum()), 1)
    count = np.arange(1, len(scores) + 1)
    parts = {
        'recall': hits / total,
        'precision': hits / count,
        'F1': 2 * hits / (count + total),
    }
    lines = tuple(Line(name, *thinned(scores, values)) for name, values in parts.items())
    mark = () if threshold is None else (Mark('used', x=threshold),)
    return Chart(
        'thresholds', 'By threshold, all classes', 'precision, recall and F1 over the threshold',
        Axis('threshold', 0.0, 1.0), Axis('share', 0.0, 1.0), (*lines, *mark),
        '' if threshold is None else 'The dotted line is the threshold in the manifest.',
    )  # fmt: skip
