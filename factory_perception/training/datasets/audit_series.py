"""What can be wrong with a set of recordings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from factory_perception.files import sha256_of
from factory_perception.training.datasets.audit_classes import class_problems
from factory_perception.training.datasets.audit_recordings import (
    has_rest,
    recording_problems,
    repeats,
)
from factory_perception.training.datasets.opened import Opened
from factory_perception.training.datasets.problems import DatasetError, Problem
from factory_perception.training.datasets.series import all_columns, Recording
from factory_perception.training.datasets.series_set import read_source, SeriesIndex, Source

#: What the counts call recordings with time in which nothing is labelled.
NORMAL = 'normal'
#: Median steps may differ by this much between recordings.
_RATE = 1.2
#: A share of repeated samples worth mentioning.
_MUCH_REPEATED = 0.05

Found = tuple[dict[str, dict[str, float]], dict[str, str], list[Problem]]


def audit_series(opened: Opened) -> Found:
    """Give the recordings with each label by part, other figures, and the problems."""
    index = opened.index
    assert isinstance(index, SeriesIndex)
    problems: list[Problem] = []
    recordings: dict[int, Recording] = {}
    for place, source in enumerate(index.sources):
        try:
            recordings[place] = recording = read_source(source)
        except DatasetError as error:
            problems.append(replace(error.within(source.file).problem, record=source.name))
        else:
            problems += recording_problems(source, recording)
    counts = _count(index, recordings, opened.splits.members)
    if index.task == 'fault':
        problems += _label_problems(recordings)
        problems += class_problems(index.task, counts)
    rows = list(recordings.values())
    problems += _mixed(rows)
    problems += _measured_badly(rows)
    problems += _copies(index.sources, recordings, opened.splits.members)
    if 'val' not in opened.splits.members and len(index.sources) > 0:
        mend = 'record more, or give lists of names'
        problems.append(Problem('parts', opened.splits.how, mend, severity='warning'))
    return counts, _figures(rows), problems


def _figures(rows: Sequence[Recording]) -> dict[str, str]:
    if not rows:
        return {}
    steps = [float(np.median(np.diff(one.joints.time_s))) for one in rows]
    hours = sum(one.duration_s for one in rows) / 3600
    joints = Counter(len(one.joints.names) for one in rows)
    return {
        'recordings': str(len(rows)),
        'samples': str(sum(len(one.joints.time_s) for one in rows)),
        'duration': f'{hours:.2f} h',
        'rate': f'{1 / max(float(np.median(steps)), 1e-9):.4g} Hz',
        'joints': ', '.join(str(count) for count in sorted(joints)),
        'channels': str(len({name for one in rows for name in one.channels})),
        'without labels': str(sum(one.intervals is None for one in rows)),
    }


def _count(
    index: SeriesIndex, recordings: dict[int, Recording], parts: Mapping[str, Sequence[int]]
) -> dict[str, dict[str, float]]:
    """Count the stretches of each label, and the recordings with normal time in them."""
    per_place = {place: Counter(interval.label for interval in one.intervals or ())
                 for place, one in recordings.items()}  # fmt: skip
    for place, one in recordings.items():
        per_place[place][NORMAL] = int(one.intervals is not None and has_rest(one))
    counts = {}
    for label in (NORMAL, *index.labels) if index.labels else ():
        row = {'all': float(sum(found[label] for found in per_place.values()))}
        for part, places in parts.items():
            row[part] = float(
                sum(per_place[place][label] for place in places if place in per_place)
            )
        counts[label] = row
    return counts


def _label_problems(recordings: Mapping[int, Recording]) -> Iterator[Problem]:
    known = [one for one in recordings.values() if one.intervals is not None]
    bare = len(recordings) - len(known)
    if bare:
        text = f'{bare} of {len(recordings)} recordings are not labelled'
        mend = 'they serve forecasting only; label them, empty if nothing is wrong'
        yield Problem('label-missing', text, mend, severity='warning')
    if known and not any(map(has_rest, known)):
        text = 'nothing is labelled as normal: every recording is faulty from end to end'
        yield Problem('one-class', text, 'add recordings without a fault')
    if known and all(one.intervals == () for one in known):
        yield Problem('one-class', 'no fault is labelled', 'add recordings with one')


def _mixed(recordings: Sequence[Recording]) -> Iterator[Problem]:
    kinds = Counter(one.joints.names for one in recordings)
    if len(kinds) > 1:
        text = f'{len(kinds)} different sets of joints, such as ' + ' and '.join(
            f'{", ".join(names[:3]) or "none"} ...' for names in list(kinds)[:2]
        )
        yield Problem('joints-mixed', text, 'train one model a robot', severity='warning')
    steps = [float(np.median(np.diff(one.joints.time_s))) for one in recordings]
    if steps and max(steps) > _RATE * max(min(steps), 1e-9):
        text = f'steps from {min(steps):.3g} s to {max(steps):.3g} s between recordings'
        yield Problem('rate-mixed', text, 'resample them to one rate', severity='warning')


def _measured_badly(recordings: Sequence[Recording]) -> Iterator[Problem]:
    misread = {one.name: int(one.facts.get('misread_values', '0')) for one in recordings}
    some = [name for name, count in misread.items() if count]
    if some:
        text = f'{sum(misread.values())} impossible values in {len(some)} recordings, '
        text += f'such as {some[0]}, are read as missing'
        yield Problem('misread', text, severity='note')
    repeated = [one.name for one in recordings if repeats(one) > _MUCH_REPEATED]
    if repeated:
        text = f'in {len(repeated)} recordings, such as {repeated[0]}, single samples repeat the '
        text += 'one before although the joints move'
        mend = 'it was sampled faster than it was measured: take every second sample'
        yield Problem('repeated', text, mend, severity='note')


def _copies(
    sources: Sequence[Source],
    recordings: Mapping[int, Recording],
    parts: Mapping[str, Sequence[int]],
) -> Iterator[Problem]:
    part_of = {place: part for part in ('train', 'val', 'test') for place in parts.get(part, ())}
    same: dict[str, list[int]] = defaultdict(list)
    for place, one in recordings.items():
        columns = [values.tobytes() for _, values in sorted(all_columns(one).items())]
        same[sha256_of(b''.join(columns))].append(place)
    for places in same.values():
        for place in places[1:]:
            first, second = part_of.get(places[0], ''), part_of.get(place, '')
            name, source = sources[places[0]].name, sources[place]
            if first and second and first != second:
                text = f'{source.name} in {second} is the same recording as {name} in {first}'
                yield Problem('leak', text, f'put both into {first}', source.file)
            else:
                text, mend = f'{source.name} is the same recording as {name}', 'remove one'
                yield Problem('copy', text, mend, source.file, severity='warning')
