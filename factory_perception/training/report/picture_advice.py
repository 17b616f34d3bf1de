"""What to do next about a model of pictures, read off its answers."""

from __future__ import annotations

import numpy as np

from factory_perception.training.report.sections.confusion import worst_confusions
from factory_perception.training.report.sections.reliability import calibration_error
from factory_perception.training.report.view import View

#: So much more F1 is worth another threshold.
WORTH_MOVING = 0.02
#: Scores so far from the truth should not be taken for probabilities.
UNTRUE = 0.1


def picture_advice(view: View, nothing: str = 'nothing') -> tuple[str, ...]:
    """Give sentences, the most urgent first; ``nothing`` is what is no class of its own."""
    return (*_threshold(view), *_confused(view, nothing), *_doubtful(view))


def _threshold(view: View) -> list[str]:
    """Say where the threshold would better stand, on these pictures."""
    if view.ranked is None or view.sureness is None or view.sureness.threshold is None:
        return []
    used = view.sureness.threshold
    order = np.argsort(-view.ranked.scores, kind='stable')
    scores, hits = view.ranked.scores[order], np.cumsum(view.ranked.right[order])
    if not len(scores):
        return []
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + view.ranked.totals.sum())
    reported = int((scores >= used).sum())
    now, best = float(f1[reported - 1]) if reported else 0.0, int(f1.argmax())
    if f1[best] < now + WORTH_MOVING:
        return []
    return [
        f'Run it with a threshold of {scores[best]:.2f} instead of {used:g}: '
        f'F1 {f1[best]:.2f} instead of {now:.2f} on these pictures.'
    ]


def _confused(view: View, nothing: str) -> list[str]:
    if view.confusion is None:
        return []
    mixed = [
        f'{true} and {answer}'
        for true, answer, _ in worst_confusions(view.confusion, 1)
        if nothing not in (true, answer)
    ]
    return [f'Check the labels of {mixed[0]}: they are confused most.'] if mixed else []


def _doubtful(view: View) -> list[str]:
    if view.sureness is None or not len(view.sureness.scores):
        return []
    error = calibration_error(view.sureness)
    if error < UNTRUE:
        return []
    return [f'Do not read scores as probabilities: they are off by {100 * error:.0f} points.']
