"""How scores are spread over right and wrong answers."""

from __future__ import annotations

import numpy as np

from factory_perception.training.report.chart import Axis, Chart, histogram, Mark
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.view import Sureness

TITLE = 'Scores of right and wrong answers'
_EDGES = tuple(np.linspace(0, 1, 26).tolist())


def scores_section(sureness: Sureness | None) -> Section:
    """Draw one histogram over the other; where they part, a threshold can stand."""
    if sureness is None or not len(sureness.scores):
        return left_out(TITLE, 'nothing was answered')
    right = histogram(sureness.scores[sureness.right], _EDGES, 'right')
    wrong = histogram(sureness.scores[~sureness.right], _EDGES, 'wrong')
    mark = () if sureness.threshold is None else (Mark('used', x=sureness.threshold),)
    chart = Chart(
        'scores', f'Number of {sureness.what} by score', 'histograms of right and wrong answers',
        Axis('score', 0.0, 1.0), Axis('answers', low=0.0), (right, wrong, *mark),
        _note(sureness),
    )  # fmt: skip
    return Section(TITLE, (chart,), _lead(sureness))


def _note(sureness: Sureness) -> str:
    if sureness.threshold is None:
        return ''
    return 'The dotted line is the threshold in the manifest: what is left of it is not reported.'


def _lead(sureness: Sureness) -> str:
    count, wrong = len(sureness.right), int((~sureness.right).sum())
    said = f'{wrong} of {count} {sureness.what} are wrong.'
    if 0 < wrong < count:
        middle = np.median(sureness.scores[sureness.right])
        other = np.median(sureness.scores[~sureness.right])
        said += f' The middle score of right ones is {middle:.2f}, of wrong ones {other:.2f}.'
    return said
