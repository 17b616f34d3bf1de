"""Faults by kind, and what they were called."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from factory_perception.faults.scoring import Outcome
from factory_perception.training.fault_answers import FaultAnswers, is_right
from factory_perception.training.report.parts import Grid, Intervals, Row, Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.confusion import confusion_grid
from factory_perception.training.statistics import Interval, wilson

MISSED, NOTHING = 'missed', 'nothing'
_SAID = {
    'right_f1': 'faults told by their right name and joint, and alarms with a reason',
    'event_f1': 'faults noticed and alarms with a reason',
    'event_recall': 'share noticed',
    'named_right': 'share of those with the right name',
    'joint_right': 'share of those at the right joint',
    'false_alarms_per_hour': 'false alarms an hour',
}


def untrained_section(answers: FaultAnswers, figures: Mapping[str, Interval]) -> Section:
    """Put the model beside what needs no training."""
    rival = answers.rival_figures()
    rows = tuple(
        (f'{_SAID[name]} ({name})', rival[name], figures[name].value) for name in answers.names
    )
    table = Table('baseline', '', ('figure', 'without a model', 'model'), rows)
    lead = 'Stream health and residuals against limits need no labelled faults, only healthy runs.'
    return Section('Against no training', (table,), lead)


def kinds_section(answers: FaultAnswers, trained_on: Mapping[str, int]) -> Section:
    """Give recall and names by kind; ``trained_on`` counts the faults in training."""
    rows = []
    for kind in answers.classes:
        mine = [one for one in _outcomes(answers) if one.truth.kind == kind]
        found = [one for one in mine if one.detected]
        delay = float(np.median([one.delay_s for one in found])) * 1e3 if found else None
        rows.append(
            Row(
                kind,
                wilson(len(found), len(mine)),
                (
                    len(mine),
                    sum(one.fault == kind for one in found),
                    sum(is_right(one) for one in found),
                    None if delay is None else round(delay),
                    trained_on.get(kind),
                ),
            )
        )
    table = Intervals(
        'kinds', '', ('kind', 'noticed', 'faults', 'right name', 'and joint', 'half within (ms)',
         'in training'),
        tuple(rows), note='Intervals after Wilson: each fault counts as one. Noticed is under '
        'whatever name; right_f1 counts those with the right name and joint.',
    )  # fmt: skip
    worst = min(rows, key=lambda row: row.value.value, default=None)
    lead = '' if worst is None else f'Least often noticed: {worst.name} ({worst.value.value:.2f}).'
    return Section('Kind by kind', (table,), lead)


def event_confusion(answers: FaultAnswers) -> Grid:
    """Count what true faults were called; alarms without a reason stand in the last row."""
    outcomes = _outcomes(answers)
    false = [alarm.names[-1][0] for run in answers.every for alarm in run.false]
    said = {one.fault for one in outcomes if one.detected} | set(false)
    kinds = [*answers.classes]
    names = [*kinds, *sorted(said - set(kinds)), MISSED, NOTHING]
    counts = np.zeros((len(names), len(names)), np.int64)
    for one in outcomes:
        answer = one.fault if one.detected else MISSED
        counts[names.index(one.truth.kind), names.index(answer)] += 1
    for name in false:
        counts[names.index(NOTHING), names.index(name)] += 1
    grid = confusion_grid(counts, names, 'faults')
    rows = [*range(len(kinds)), len(names) - 1]
    columns = range(len(names) - 1)
    cut = np.ix_(rows, columns)
    return Grid(
        grid.key, grid.title, grid.corner, tuple(names[row] for row in rows),
        tuple(names[column] for column in columns), grid.values[cut], grid.shades[cut],
        grid.good[cut], f'{grid.note} The last row: alarms for which there was no reason.',
    )  # fmt: skip


def _outcomes(answers: FaultAnswers) -> list[Outcome]:
    return [one for run in answers.faulty for one in run.outcomes]
