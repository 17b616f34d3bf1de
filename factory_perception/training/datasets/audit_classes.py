"""What can be wrong with how often classes are there, for pictures and recordings alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factory_perception.training.datasets.class_names import odd_names
from factory_perception.training.datasets.problems import Problem

#: Fewer examples than this to learn from are worth a warning.
FEW = 20
#: The commonest class may be so much commoner than the rarest.
UNBALANCED = 20

Counts = Mapping[str, Mapping[str, float]]


def class_problems(task: str, counts: Counts) -> Iterator[Problem]:
    """List what is odd about the classes."""
    yield from _nothing_to_learn(task, counts)
    for first, second in odd_names(list(counts)):
        text = f'the classes "{first}" and "{second}" differ only in spelling'
        yield Problem('class-names', text, 'make them one', severity='warning')
    nothing = {'segment': 'background', 'anomaly': 'good'}.get(task)
    things = {name: row for name, row in counts.items() if name != nothing}
    for name, row in things.items():
        if not row['all']:
            text = f'there is no example of "{name}"'
            mend = 'label some or remove the class'
            yield Problem('class-empty', text, mend, severity='warning')
    if task != 'anomaly':
        yield from _by_part(things)
        yield from _balance(things)


def _nothing_to_learn(task: str, counts: Counts) -> Iterator[Problem]:
    there = [name for name, row in counts.items() if row['all']]
    if task == 'classify' and len(there) < 2:
        text = f'only one class has pictures ({", ".join(there)})'
        yield Problem('one-class', text, 'add pictures of another, or use --task anomaly')
    elif task in ('detect', 'segment') and not [one for one in there if one != 'background']:
        yield Problem('one-class', 'nothing is labelled', 'label something')
    elif task == 'anomaly' and not counts['good'].get('train', counts['good']['all']):
        yield Problem('one-class', 'there is no good picture to learn from', 'add some')
    elif task == 'anomaly' and not counts['anomalous']['all']:
        text = 'there is no picture of a fault: what is found cannot be measured'
        yield Problem('one-class', text, 'add some to test/', severity='warning')


def _by_part(counts: Counts) -> Iterator[Problem]:
    for name, row in counts.items():
        if 'train' not in row:
            continue
        for part in ('val', 'test'):
            if row.get(part) and not row['train']:
                text = f'"{name}" is in {part}, but not in train'
                yield Problem('class-missing', text, 'divide the data otherwise')
            elif part in row and row['train'] and not row[part]:
                text = f'"{name}" is in train, but not in {part}: it cannot be measured'
                mend = 'divide the data otherwise'
                yield Problem('class-missing', text, mend, severity='warning')
        if 0 < row['train'] < FEW and name != 'normal':
            text = f'"{name}" has only {row["train"]:g} examples in train'
            yield Problem('class-few', text, 'label more', severity='warning')


def _balance(counts: Counts) -> Iterator[Problem]:
    there = {name: row['all'] for name, row in counts.items() if row['all'] and name != 'normal'}
    if len(there) < 2:
        return
    most, least = max(there, key=lambda n: there[n]), min(there, key=lambda n: there[n])
    if there[most] > UNBALANCED * there[least]:
        text = f'"{most}" is {there[most] / there[least]:.0f} times as frequent as "{least}"'
        yield Problem('class-balance', text, f'add examples of "{least}"', severity='warning')
