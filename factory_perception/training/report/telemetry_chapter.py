"""What a report on slow joint data says beside what all reports say."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Headline, Section
from factory_perception.training.report.sections.confusion import confusion_grid, confusion_section
from factory_perception.training.report.text import listed
from factory_perception.training.statistics import Interval
from factory_perception.training.telemetry_answers import TelemetryAnswers
from factory_perception.training.telemetry_judges import RIVALS
from factory_perception.training.telemetry_rows import macro_f1_of


def telemetry_chapter(
    evidence: Evidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> Chapter:
    """Make what only diagnoses of slow joint data have."""
    answers = evidence.answers
    assert isinstance(answers, TelemetryAnswers)
    table = answers.table(answers.ours).sum(axis=0).astype(np.int64)
    names = ['normal', *answers.task.kinds]
    rival = macro_f1_of(answers.table(answers.rival).sum(axis=0))
    return Chapter(
        headlines=(
            Headline('Events found', figures['event_recall'],
                     f'Of {len(answers.events(answers.ours).kind)} events, by an alarm in time.',
                     share=True),
            Headline('Mean F1 of seconds', figures['macro_f1'],
                     'Normal and every fault count alike; 1 is faultless.'),
        ),
        trained=f'A diagnosis by one row a second: {listed(list(answers.task.kinds), 12)}.',
        versus=('Against a simple rule', f'The {RIVALS[answers.task.view]} reaches macro_f1 '
                f'{rival:.3f}; the model {figures["macro_f1"].value:.3f}.'),
        figures=answers.names,
        beside=('training events', evidence.train_facts.counts),
        rival=_rival(answers),
        precisions=False,
        score='mean recall of rows',
        sections=(confusion_section(confusion_grid(table, names, 'seconds')),),
        advice=(),
        chosen=', the weights of forest and network, and the thresholds were',
        divisible=False,
    )  # fmt: skip


def _rival(answers: TelemetryAnswers) -> Section:
    chosen = (0,) * len(answers.task.kinds)
    rows = []
    for one in (answers.rival, answers.ours):
        events, table = answers.events(one), answers.table(one).sum(axis=0)
        found = float(events.found(chosen).mean()) if len(events.kind) else float('nan')
        rows.append((found, float(events.wrong(chosen).sum()), macro_f1_of(table)))
    names = ('events found', 'false alarms', 'mean F1 of seconds')
    lines = tuple((name, *pair) for name, pair in zip(names, zip(*rows)))
    table = Table('baseline', '', ('figure', 'rule', 'model'), lines)
    return Section('Against a simple rule', (table,), f'The rule: {RIVALS[answers.task.view]}.')
