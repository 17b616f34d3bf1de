"""Whether a score means what it says: of answers with 0.8, eight in ten should be right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import array, Axis, Chart, Line
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.view import Sureness

TITLE = 'Can the scores be believed?'
BINS = 10
#: Bins with fewer answers say nothing.
_LEAST = 5


def reliability_section(sureness: Sureness | None) -> Section:
    """Draw the share that is right over the score, and give the expected calibration error."""
    if sureness is None or not len(sureness.scores):
        return left_out(TITLE, 'nothing was answered')
    rows = bins(sureness.scores, sureness.right)
    error = calibration_error(sureness)
    solid = [row for row in rows if row[2] >= _LEAST]
    sure, right, _ = (array(column) for column in zip(*solid)) if solid else (array([]),) * 3
    diagonal = Line('score = share right', array([0, 1]), array([0, 1]), faint=True)
    chart = Chart(
        'reliability', 'Share right over score', 'share of right answers over their score',
        Axis('mean score', 0.0, 1.0), Axis('share right', 0.0, 1.0),
        (diagonal, Line('the model', sure, right, dots=True)),
        'Below the line the model is too sure of itself, above it too modest. '
        f'Bins with fewer than {_LEAST} answers are only in the table.',
    )  # fmt: skip
    table = Table('reliability_bins', 'By bin', ('mean score', 'share right', 'answers'),
                  tuple((f'{s:.2f}', r, n) for s, r, n in rows))  # fmt: skip
    lead = (
        f'Between score and truth lie {100 * error:.1f} points on average (expected calibration '
        f'error, over {len(sureness.scores)} {sureness.what}).'
    )
    return Section(TITLE, (chart, table), lead)


def bins(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Give mean score, share right and count of each bin that is not empty."""
    places = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        (float(scores[places == b].mean()), float(right[places == b].mean()), int(count))
        for b, count in enumerate(np.bincount(places, minlength=BINS))
        if count
    ]


def calibration_error(sureness: Sureness) -> float:
    """Give the expected calibration error (Guo et al., arXiv:1706.04599)."""
    rows = bins(sureness.scores, sureness.right)
    return sum(abs(sure - right) * count for sure, right, count in rows) / len(sureness.scores)
