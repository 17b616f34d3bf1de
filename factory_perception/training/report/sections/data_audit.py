"""What the model learnt from, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from factory_perception.training.datasets.problems import Problem
from factory_perception.training.report.data_facts import DataFacts
from factory_perception.training.report.parts import Facts, Part, Table, Words
from factory_perception.training.report.report import Section
from factory_perception.training.report.text import counted

TITLE = 'The data'
MOST_PROBLEMS, MOST_OF_A_KIND = 20, 4


def data_section(
    train: DataFacts, validation: DataFacts, problems: Sequence[Problem] | None, why: str
) -> Section:
    """Count examples by class and part, and list what the check of the data set found.

    Args:
        train: what was learnt from.
        validation: what was measured on.
        problems: what the check found, the worst first; ``None`` when it was not made.
        why: why it was not made.
    """
    rows = tuple(
        (name, train.counts[name], validation.counts.get(name, 0)) for name in train.counts
    )
    parts: list[Part] = []
    if rows:
        title = f'{train.unit.capitalize()} by class'
        header = ('class', 'training', 'validation')
        parts.append(Table('examples', title, header, rows, train.note))
    parts.append(_facts(train, validation))
    parts.append(_problems(problems) if problems is not None else Words(f'Not checked: {why}.'))
    return Section(TITLE, tuple(parts), _lead(train, problems))


def _facts(train: DataFacts, validation: DataFacts) -> Facts:
    said = {}
    for part, facts in (('training', train), ('validation', validation)):
        said[part] = f'{facts.origin}, {counted(facts.count, facts.noun)}'
        said |= {f'{name} of {part} data': value for name, value in facts.about.items()}
        said[f'hash of {part} data'] = facts.sha256
    return Facts('data', 'Where from', said)


def _problems(problems: Sequence[Problem]) -> Part:
    if not problems:
        return Words('The check of the data set found nothing wrong.')
    shown: list[Problem] = []
    kinds: Counter[str] = Counter()
    for one in problems:
        kinds[one.kind] += 1
        if kinds[one.kind] <= MOST_OF_A_KIND and len(shown) < MOST_PROBLEMS:
            shown.append(one)
    rows = tuple(
        (one.severity, one.file or 'whole set', f'{one.text}{_mend(one)}') for one in shown
    )
    more = len(problems) - len(rows)
    note = f'{more} more: factory_perception dataset check lists them.' if more > 0 else ''
    title = 'What the check of the data set found'
    return Table('problems', title, ('', 'file', 'what'), rows, note)


def _mend(problem: Problem) -> str:
    return f'; {problem.mend}' if problem.mend else ''


def _lead(train: DataFacts, problems: Sequence[Problem] | None) -> str:
    known = {name: count for name, count in train.counts.items() if count}
    said = f'{counted(train.count, train.noun)} to learn from.'
    if len(known) > 1:
        least, most = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        ratio = known[most] / known[least]
        said += f' The rarest class, {least}, is {ratio:.1f} times rarer than {most}.'
    missing = [name for name in train.counts if name not in known]
    if missing:
        said += f' Never seen in training: {", ".join(missing)}.'
    errors = sum(one.severity == 'error' for one in problems or ())
    return said + (f' The check found {counted(errors, "error")}.' if errors else '')
