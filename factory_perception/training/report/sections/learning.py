"""Whether more data would help: how good a model is that learnt from a part of them."""

from __future__ import annotations

from collections.abc import Sequence

from factory_perception.training.report.chart import array, Axis, Chart, Line
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.text import percent

TITLE = 'Would more data help?'
#: A gain from the last doubling below this is not worth recording for.
LEVEL = 0.01


def learning_section(learning: Sequence[tuple[float, float]], score: str) -> Section:
    """Draw the score over the share of the training data.

    Args:
        learning: share of the data and score on validation data, the whole last.
        score: what the loop measured.
    """
    if len(learning) < 2:
        return left_out(TITLE, 'it was not measured; train with --learning-curve to see it')
    shares, scores = (array(column) for column in zip(*learning))
    chart = Chart(
        'learning', 'Score over share of the data', f'{score} by share of the training data',
        Axis('share of the training data', 0.0, 1.0), Axis(score),
        (Line(score, shares, scores, dots=True),),
        'Each point is a training of its own with as many steps; all are measured on the same '
        'validation data.',
    )  # fmt: skip
    gain = float(scores[-1] - scores[-2])
    said = f'From {percent(shares[-2])} of the data to all of it {score} changes by {gain:+.3f}'
    more = 'more of the same data would help' if gain > LEVEL else (
        'more of the same data would hardly help: other data, another network or longer training'
    )  # fmt: skip
    return Section(TITLE, (chart,), f'{said}: {more}.')
