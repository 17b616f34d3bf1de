"""What to do next, read off the figures."""

from __future__ import annotations

from collections.abc import Mapping

from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.sections.course import best_epoch
from factory_perception.training.report.text import listed
from factory_perception.training.statistics import Interval

#: A class so much weaker than the whole is worth more examples.
WEAK = 0.1
#: An interval wider than this says that there is too little to measure on.
WIDE = 0.1


def advice(
    evidence: Evidence,
    chapter: Chapter,
    figures: Mapping[str, Interval],
    per_class: Mapping[str, Interval],
) -> tuple[str, ...]:
    """Give sentences, the most urgent first; one at least."""
    found = [
        *_data(evidence),
        *_hopeless(evidence, figures, chapter.hopeless),
        *_refused(evidence),
        *_weak(evidence, figures, per_class),
        *chapter.advice,
        *_longer(evidence),
        *_wide(evidence, figures),
    ]
    nothing = 'Nothing stands out: look at the worst mistakes, and try the model on the robot.'
    return tuple(found) or (nothing,)


def _data(evidence: Evidence) -> list[str]:
    errors = [one for one in evidence.problems or () if one.severity == 'error']
    if not errors:
        return []
    return [f'Mend the data first: {errors[0].describe()} ({len(errors)} errors in all).']


def _hopeless(evidence: Evidence, figures: Mapping[str, Interval], least: float) -> list[str]:
    if not figures[evidence.metric].value < least:
        return []
    return ['Do not use it: it has learnt next to nothing. Check the labels, then train longer.']


def _refused(evidence: Evidence) -> list[str]:
    decision = evidence.decision
    if decision.promoted or decision.first or decision.comparison is None:
        return []  # where no champion runs the reason says what to do
    first = decision.comparison.first
    return [f'Find out what {first} did better: its data, its labels, its settings.']


def _weak(
    evidence: Evidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> list[str]:
    whole, counts = figures[evidence.metric].value, evidence.train_facts.counts
    weak = sorted(
        (value.value, name)
        for name, value in per_class.items()
        if name in counts and value.value < whole - WEAK
    )
    if not weak:
        return []
    names = [f'{name} ({value:.2f}, {counts[name]} in training)' for value, name in weak]
    return [f'Collect more examples of {listed(names, 3)}: far below the whole ({whole:.2f}).']


def _longer(evidence: Evidence) -> list[str]:
    best = best_epoch(evidence.rows, evidence.min_delta)
    if best is None or best < len(evidence.rows):
        return []
    return ['Train longer (fit.epochs): the last epoch was still the best.']


def _wide(evidence: Evidence, figures: Mapping[str, Interval]) -> list[str]:
    main, answers = figures[evidence.metric], evidence.answers
    if not main.high - main.low > WIDE:
        return []
    return [
        f'Measure on more {answers.unit}: {answers.units} leave {evidence.metric} anywhere '
        f'from {main.low:.2f} to {main.high:.2f}.'
    ]
