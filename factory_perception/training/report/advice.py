"""What to do next, read off the figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.sections.confusion import worst_confusions
from factory_perception.training.report.sections.course import best_epoch
from factory_perception.training.report.sections.reliability import calibration_error
from factory_perception.training.report.text import listed
from factory_perception.training.report.view import View
from factory_perception.training.statistics import Interval

#: Below this nothing that it says is worth anything.
HOPELESS = 0.3
#: A class so much weaker than the whole is worth more pictures.
WEAK = 0.1
#: So much more F1 is worth another threshold.
WORTH_MOVING = 0.02
#: Scores so far from the truth should not be taken for probabilities.
UNTRUE = 0.1
#: An interval wider than this says that there is too little to measure on.
WIDE = 0.1


def advice(
    evidence: Evidence,
    view: View,
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
) -> tuple[str, ...]:
    """Give sentences, the most urgent first; one at least."""
    found = [
        *_data(evidence),
        *_hopeless(evidence, figures),
        *_refused(evidence),
        *_weak(evidence, figures, per_class),
        *_threshold(view),
        *_confused(view),
        *_longer(evidence),
        *_doubtful(view),
        *_wide(evidence, figures),
    ]
    nothing = 'Nothing stands out: look at the worst mistakes, and try the model on the robot.'
    return tuple(found) or (nothing,)


def _data(evidence: Evidence) -> list[str]:
    errors = [one for one in evidence.problems or () if one.severity == 'error']
    if not errors:
        return []
    return [f'Mend the data first: {errors[0].describe()} ({len(errors)} errors in all).']


def _hopeless(evidence: Evidence, figures: Mapping[str, Interval]) -> list[str]:
    if not figures[evidence.metric].value < HOPELESS:
        return []
    return ['Do not use it: it has learnt next to nothing. Check the labels, then train longer.']


def _refused(evidence: Evidence) -> list[str]:
    if evidence.decision.promoted or evidence.decision.comparison is None:
        return []
    first = evidence.decision.comparison.first
    return [f'Find out what {first} did better: its data, its labels, its settings.']


def _weak(
    evidence: Evidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> list[str]:
    whole = figures[evidence.metric].value
    weak = sorted(
        (value.value, name) for name, value in per_class.items() if value.value < whole - WEAK
    )
    if not weak:
        return []
    counts = evidence.train_facts.counts
    names = [f'{name} ({value:.2f}, {counts.get(name, 0)} in training)' for value, name in weak]
    return [f'Collect more examples of {listed(names, 3)}: far below the mean of {whole:.2f}.']


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


def _confused(view: View) -> list[str]:
    if view.confusion is None:
        return []
    mixed = [
        f'{true} and {answer}'
        for true, answer, _ in worst_confusions(view.confusion, 1)
        if 'nothing' not in (true, answer)
    ]
    return [f'Check the labels of {mixed[0]}: they are confused most.'] if mixed else []


def _longer(evidence: Evidence) -> list[str]:
    best = best_epoch(evidence.rows, evidence.min_delta)
    if best is None or best < len(evidence.rows):
        return []
    return ['Train longer (fit.epochs): the last epoch was still the best.']


def _doubtful(view: View) -> list[str]:
    if view.sureness is None or not len(view.sureness.scores):
        return []
    error = calibration_error(view.sureness)
    if error < UNTRUE:
        return []
    return [f'Do not read scores as probabilities: they are off by {100 * error:.0f} points.']


def _wide(evidence: Evidence, figures: Mapping[str, Interval]) -> list[str]:
    main = figures[evidence.metric]
    if not main.high - main.low > WIDE:
        return []
    return [
        f'Measure on more pictures: {evidence.answers.pictures} leave {evidence.metric} anywhere '
        f'from {main.low:.2f} to {main.high:.2f}.'
    ]
