"""How sure the model is that something is wrong, moment by moment and joint by joint."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.report.chart import array, Axis, Bars, Chart, Mark
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.view import Sureness

TITLE = 'Probabilities with and without a fault'
#: Neighbouring frames say the same: every so many are enough.
EVERY = 5
#: From here on a moment speaks for a fault.
_EVEN = 0.5
_EDGES = array(np.linspace(0, 1, 26))


def doubt_section(answers: FaultAnswers) -> Section:
    """Draw how probable a fault is where there is one, and where there is none."""
    scores, faulty = _moments(answers)
    if not faulty.any() or faulty.all():
        return left_out(TITLE, 'the validation runs have only moments of one kind')
    layers = [
        Bars(name, _EDGES, _shares(scores[chosen]))
        for name, chosen in (('no fault', ~faulty), ('a fault', faulty))
    ]
    chart = Chart(
        'fault_scores', 'Moments of single joints by probability of a fault',
        'histograms of the probability with and without a fault',
        Axis('probability that something is wrong', 0.0, 1.0), Axis('share of moments', 0.0),
        (*layers, Mark('even', x=_EVEN)),
        'Each of the two adds up to 1. An alarm is raised when what moments say adds up to enough; '
        'a fault that grows is hard to see at first.',
    )  # fmt: skip
    low, high = (float((scores[chosen] > _EVEN).mean()) for chosen in (~faulty, faulty))
    lead = (
        f'A fault is more probable than not in {100 * high:.0f} % of the moments with one and in '
        f'{100 * low:.2f} % of those without.'
    )
    return Section(TITLE, (chart,), lead)


def sureness_of(answers: FaultAnswers) -> Sureness:
    """Ask of moments of single joints whether there is a fault, for a curve of reliability."""
    scores, faulty = _moments(answers)
    return Sureness(scores, faulty, 'moments of single joints, asked for any fault')


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return array(np.histogram(values, _EDGES)[0] / max(len(values), 1))


def _moments(answers: FaultAnswers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give the probability of a fault and whether there is one; faults not learned do not count."""
    labels = answers.runs.labels(answers.model.kinds)  # (N, R, J)
    scores, truths = [], []
    for run, events in enumerate(answers.faulty):
        found = 1 - events.probabilities[::EVERY, :, 0]
        true = labels[: len(events.probabilities) : EVERY, run]
        scores.append(found[true >= 0])
        truths.append(true[true >= 0] > 0)
    for events in answers.healthy:
        found = 1 - events.probabilities[::EVERY, :, 0]
        scores.append(found.ravel())
        truths.append(np.zeros(found.size, bool))
    return array(reduce(np.append, scores)).clip(0, 1), reduce(np.append, truths)
