"""Short windows of force and torque with their outcome: recordings.csv and force_torque.csv.

The layout of the UCI robot execution failures: ``rec_id``, ``t_s`` and ``Fx`` ... ``Tz``; five
problems ``LP1`` ... ``LP5`` name the outcome of some windows each, with other words for good.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial

import numpy as np

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import empty_joints, LabelInterval, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.tables import header_of, read_table, Table

NAME = 'force_windows'
TASKS: tuple[str, ...] = ('fault',)
LOOKS_FOR = 'recordings.csv (rec_id, LP1 ...) and force_torque.csv (rec_id, t_s, Fx ... Tz)'
CHANNELS = ('Fx', 'Fy', 'Fz', 'Tx', 'Ty', 'Tz')
_GOOD = ('normal', 'ok')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    if not {'recordings.csv', 'force_torque.csv'} <= set(folder.files):
        return None
    if not {'rec_id', 't_s', *CHANNELS} <= set(header_of(folder, 'force_torque.csv')):
        return None
    return 'recordings.csv and force_torque.csv with rec_id and Fx to Tz'


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """Read all windows; a label is the problem and the outcome, ``LP1:collision``."""
    outcomes, forces = (read_table(folder, f'{one}.csv') for one in ('recordings', 'force_torque'))
    rows: dict[str, list[int]] = defaultdict(list)
    for place, ident in enumerate(forces.column('rec_id')):
        rows[ident].append(place)
    paths = (folder.path('recordings.csv'), folder.path('force_torque.csv'))
    labels: set[str] = set()
    sources = []
    for line, row in zip(outcomes.lines, outcomes.rows):
        facts = dict(zip(outcomes.header, row))
        ident = facts.get('rec_id', '')
        name = f'window {ident}'
        try:
            if ident not in rows:
                text = f'rec_id {ident} is not in force_torque.csv'
                raise bad('recording-missing', text, 'remove the line', line)
            recording = _recording(name, forces.select(rows[ident]), facts)
        except DatasetError as error:
            problems.caught(error, 'recordings.csv', record=name)
            continue
        shown = frozenset(one.label for one in recording.intervals or ())
        labels |= shown
        load, weight = partial(_same, recording), len(rows[ident])
        sources.append(
            Source(
                name,
                'force_torque.csv',
                load,
                name,
                paths,
                weight,
                shows=shown or frozenset(['normal']),
            )
        )
    return SeriesIndex(task, tuple(sorted(labels)), tuple(sources))


def _same(recording: Recording) -> Recording:
    return recording


def _recording(name: str, table: Table, facts: dict[str, str]) -> Recording:
    time_s = table.numbers('t_s')
    named = {key: text for key, text in facts.items() if key.startswith('LP') and text}
    intervals = [
        LabelInterval(f'{key}:{outcome}', float(time_s[0]), float(time_s[-1]))
        for key, text in named.items()
        for outcome in text.split('|')
        if outcome not in _GOOD
    ]
    channels = {one: np.asarray(table.numbers(one)) for one in CHANNELS}
    known = tuple(intervals) if named else None
    return Recording(name, empty_joints(time_s), channels, intervals=known, facts=facts)
