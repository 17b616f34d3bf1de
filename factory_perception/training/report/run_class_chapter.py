"""What a report on faults of whole recordings says beside what all reports say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from factory_perception.training.fault_run_classes import macro_f1, NORMAL
from factory_perception.training.report.chapter import Chapter
from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.parts import Grid, Table, Words
from factory_perception.training.report.report import Headline, Section
from factory_perception.training.report.sections.confusion import confusion_grid, confusion_section
from factory_perception.training.report.sections.reliability import reliability_section
from factory_perception.training.report.sections.scores import scores_section
from factory_perception.training.report.text import listed
from factory_perception.training.report.view import Sureness
from factory_perception.training.run_class_answers import RunClassAnswers
from factory_perception.training.statistics import Interval, wilson

MOST_WRONG = 20


def run_class_chapter(
    evidence: Evidence, figures: Mapping[str, Interval], per_class: Mapping[str, Interval]
) -> Chapter:
    """Make what only diagnoses of whole recordings have."""
    answers = evidence.answers
    assert isinstance(answers, RunClassAnswers)
    right = answers.truth == answers.found
    sure = np.where(answers.found == NORMAL, 1 - answers.sure, answers.sure)
    sureness = Sureness(sure, right, 'recordings')
    usual, rival = _majority(answers)
    return Chapter(
        headlines=(
            Headline('Mean F1 over faults and joints', figures['macro_f1'],
                     'Every fault of every joint counts alike; 1 is faultless.'),
            Headline('Right', wilson(int(right.sum()), len(right)),
                     f'{int(right.sum())} of {len(right)} recordings: fault and joint.',
                     share=True),
        ),
        trained=f'A diagnosis of whole recordings: {listed(list(answers.classes), 12)}.',
        versus=('Against a simple rule', f'Always "{usual}" reaches macro_f1 {rival[0]:.3f}; the '
                f'model {figures["macro_f1"].value:.3f}.'),
        figures=answers.names,
        beside=('', {}),
        rival=_rival(answers, usual, rival, figures),
        precisions=False,
        score='mean recall of frames',
        sections=(
            confusion_section(_confusion(answers)),
            scores_section(sureness),
            reliability_section(sureness),
            _wrong(answers),
        ),
        advice=(),
        chosen=' and the weights of trees and network were',
        divisible=False,
    )  # fmt: skip


def _majority(answers: RunClassAnswers) -> tuple[str, tuple[float, float]]:
    """Give the most frequent truth, and mean F1 and accuracy of always saying it."""
    usual, count = Counter(answers.truth.tolist()).most_common(1)[0]
    said, ones = np.full_like(answers.truth, usual), np.ones(len(answers.truth))
    f1 = macro_f1(answers.truth, said, list(answers.classes), ones)
    return usual, (f1, count / len(answers.truth))


def _rival(
    answers: RunClassAnswers,
    usual: str,
    rival: tuple[float, float],
    figures: Mapping[str, Interval],
) -> Section:
    rows = tuple(
        (name, theirs, figures[name].value) for name, theirs in zip(answers.names[:2], rival)
    )
    table = Table('baseline', '', ('figure', 'rule', 'model'), rows)
    return Section('Against a simple rule', (table,), f'The rule: always "{usual}".')


def _confusion(answers: RunClassAnswers) -> Grid:
    names = sorted({*answers.truth.tolist(), *answers.found.tolist()})
    counts = np.zeros((len(names), len(names)), np.int64)
    for true, said in zip(answers.truth.tolist(), answers.found.tolist()):
        counts[names.index(true), names.index(said)] += 1
    return confusion_grid(counts, names, 'recordings')


def _wrong(answers: RunClassAnswers) -> Section:
    wrong = np.flatnonzero(answers.truth != answers.found)
    if not len(wrong):
        return Section('Worst mistakes', (Words('Every recording was named rightly.'),))
    order = wrong[np.argsort(-answers.sure[wrong], kind='stable')][:MOST_WRONG]
    rows = tuple(
        (answers.run_names[i], str(answers.truth[i]), str(answers.found[i]), float(answers.sure[i]))
        for i in order
    )
    header = ('recording', 'has', 'was called', 'probability of a fault')
    table = Table('worst', '', header, rows, 'The surest first.')
    return Section('Worst mistakes', (table,), f'{len(wrong)} of {len(answers.truth)} are wrong.')
