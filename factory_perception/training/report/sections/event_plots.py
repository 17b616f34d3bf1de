"""Single faults as they were seen: what was said before, during and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.faults.scoring import Outcome
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.fault_events import RunEvents
from factory_perception.training.report.chart import array, Axis, Chart, Line, Mark
from factory_perception.training.report.parts import Words
from factory_perception.training.report.report import Section

MISSED, FOUND = 'Faults that were missed', 'Faults that were noticed'
MOST_MISSED, MOST_FOUND = 6, 12
#: Seconds that are shown before a fault begins, and at most after that; longer up to an alarm.
_BEFORE_S, _AFTER_S = 2.0, 12.0
#: Residuals beyond this many limits stand at the edge.
_MOST_RATIO = 3.0
Event = tuple[str, RunEvents, Outcome]


def missed_section(answers: FaultAnswers) -> Section:
    """Show faults that nobody noticed."""
    events = [one for one in _events(answers) if not one[2].detected]
    if not events:
        return Section(MISSED, (Words('Every fault was noticed.'),))
    charts = _charts(answers, events[:MOST_MISSED], 'missed')
    lead = 'Look at these first: too weak a fault, or a model that looks elsewhere?'
    return Section(MISSED, charts, lead)


def detected_section(answers: FaultAnswers) -> Section:
    """Show for each kind the fault whose delay is the middle one."""
    found = [one for one in _events(answers) if one[2].detected]
    chosen = []
    for kind in answers.classes:
        mine = sorted(
            (one for one in found if one[2].truth.kind == kind), key=lambda one: one[2].delay_s
        )
        chosen += mine[len(mine) // 2 : len(mine) // 2 + 1]
    if not chosen:
        return Section(FOUND, (Words('None was.'),))
    charts = _charts(answers, chosen[:MOST_FOUND], 'found')
    return Section(FOUND, charts, 'Of each kind the one whose delay is the middle one.')


def _events(answers: FaultAnswers) -> list[Event]:
    return [
        (name, run, outcome)
        for name, run in zip(answers.run_names, answers.faulty)
        for outcome in run.outcomes
    ]


def _charts(answers: FaultAnswers, events: Sequence[Event], key: str) -> tuple[Chart, ...]:
    return tuple(_chart(answers, one, f'{key}_{number}') for number, one in enumerate(events, 1))


def _chart(answers: FaultAnswers, event: Event, key: str) -> Chart:
    name, run, outcome = event
    truth, frame_s = outcome.truth, answers.runs.frame_s
    joint = truth.joint or (outcome.part if outcome.part in answers.runs.joints else '')
    columns = [answers.runs.joints.index(joint)] if joint else list(range(len(answers.runs.joints)))
    after_s = max(_AFTER_S, outcome.delay_s + _BEFORE_S) if outcome.detected else _AFTER_S
    end_s = min(truth.end_s + _BEFORE_S, truth.onset_s + after_s)
    first, last = (max(int(at / frame_s), 0) for at in (truth.onset_s - _BEFORE_S, end_s))
    time_s = (np.arange(first, min(last, len(run.ratio))) + 1) * frame_s - truth.onset_s
    rows = slice(first, first + len(time_s))
    lines = [_residual(run, rows, columns, time_s)]
    if run.probabilities.shape[2]:
        sure = 1 - run.probabilities[rows][:, columns, 0]
        lines.insert(0, Line('probability of a fault', array(time_s), array(sure.max(1))))
    marks = [Mark('begins', x=0.0)]
    if truth.end_s <= end_s:
        marks.append(Mark('ends', x=truth.end_s - truth.onset_s))
    if outcome.detected:
        marks.append(Mark(f'alarm: {outcome.fault}', x=outcome.delay_s))
    said = (
        f'called {outcome.fault} at {outcome.part} after {1e3 * outcome.delay_s:.0f} ms'
        if outcome.detected
        else 'missed'
    )
    where = joint if truth.joint else 'whole arm'
    return Chart(
        key, f'{truth.kind}, {where}', f'{truth.kind} at {where}: {said}',
        Axis('time since it began (s)'), Axis('probability; residual over limit', 0.0, _MOST_RATIO),
        (*lines, *marks), f'{name}, {truth.onset_s:.1f} s: {said}.',
    )  # fmt: skip


def _residual(run: RunEvents, rows: slice, columns: Sequence[int], time_s: np.ndarray) -> Line:
    most = run.ratio[rows][:, list(columns)].max(1)
    return Line('largest residual over its limit', array(time_s), array(most).clip(0, _MOST_RATIO))
