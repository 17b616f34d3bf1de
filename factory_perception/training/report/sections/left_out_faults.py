"""Faults that were left out of the training: are they noticed, and called unknown?"""

from __future__ import annotations

from factory_perception.faults.names import UNKNOWN
from factory_perception.training.fault_answers import FaultAnswers
from factory_perception.training.report.parts import Table
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out

TITLE = 'Faults that it never learned'


def left_out_section(answers: FaultAnswers, setting: str) -> Section:
    """Give what became of the kinds that the settings left out.

    Args:
        answers: to the validation runs.
        setting: the kinds that were left out, with commas between.
    """
    kinds = [kind for kind in setting.split(',') if kind]
    rows = [_row(answers, kind) for kind in kinds if kind in answers.classes]
    if not rows:
        return left_out(
            TITLE, 'it learned all kinds; train with --set fault.left_out=KIND to see what it says '
            'about one that it does not know',
        )  # fmt: skip
    table = Table(
        'left_out', '', ('kind', 'faults', 'noticed', 'called unknown', 'share unknown'),
        tuple(rows), 'The share is that of all faults of the kind, missed ones too.',
    )  # fmt: skip
    total, unknown = sum(int(row[1] or 0) for row in rows), sum(int(row[3] or 0) for row in rows)
    lead = f'Called unknown: {unknown} of {total}; another name would have been wrong.'
    return Section(TITLE, (table,), lead)


def _row(answers: FaultAnswers, kind: str) -> tuple[str, int, int, int, float]:
    mine = [one for run in answers.faulty for one in run.outcomes if one.truth.kind == kind]
    found = [one for one in mine if one.detected]
    unknown = sum(one.fault == UNKNOWN for one in found)
    return kind, len(mine), len(found), unknown, unknown / max(len(mine), 1)
