"""Vibration of bearings: records.csv and one archive of whole numbers, an array a record.

The layout of the CWRU bearing recordings: ``record``, ``fs_hz``, ``scale_g_per_lsb``, ``fault`` (B
ball, IR inner race, OR outer race, normal), ``diameter_mil``, load and speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.npz_file import opened_npz
from factory_perception.training.datasets.numbers import number
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import empty_joints, LabelInterval, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.tables import header_of, read_table

NAME = 'bearing'
TASKS: tuple[str, ...] = ('fault',)
LOOKS_FOR = 'records.csv (record, fs_hz, scale_g_per_lsb, fault) and one .npz of the records'
LABELS = {'B': 'ball', 'IR': 'inner_race', 'OR': 'outer_race'}
CHANNEL = 'drive_end_g'


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    wanted = {'record', 'fs_hz', 'scale_g_per_lsb', 'fault'}
    archives = [name for name in folder.files if name.endswith('.npz')]
    if 'records.csv' not in folder or len(archives) != 1:
        return None
    if not wanted <= set(header_of(folder, 'records.csv')):
        return None
    return f'records.csv with fs_hz and scale_g_per_lsb, and {archives[0]}'


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List all records. Those of one bearing (fault and size) stay together in a split."""
    table = read_table(folder, 'records.csv')
    archive = next(name for name in folder.files if name.endswith('.npz'))
    path = folder.path(archive)
    try:
        with opened_npz(path) as content:
            keys = set(content.files)
    except DatasetError as error:
        raise error.within(archive) from None
    sources = []
    for line, row in zip(table.lines, table.rows):
        facts = dict(zip(table.header, row))
        name = facts['record']
        try:
            if name not in keys:
                raise bad('recording-missing', f'{name} is not in {archive}', 'remove it', line)
            if facts['fault'] not in (*LABELS, 'normal'):
                known = ', '.join((*LABELS, 'normal'))
                raise bad('unknown-class', f'fault "{facts["fault"]}"', f'use {known}', line)
            rate, scale = (number(facts[key], key, line) for key in ('fs_hz', 'scale_g_per_lsb'))
            if rate <= 0 or scale <= 0:
                raise bad('number', 'fs_hz and scale_g_per_lsb must be above 0', 'correct', line)
        except DatasetError as error:
            problems.caught(error, 'records.csv', record=name)
            continue
        kind = facts['fault']
        load = partial(read_record, path, facts, rate, scale)
        group = f'{facts["fault"]} {facts.get("diameter_mil", "")}'.strip()
        weight = float(facts['samples']) if facts.get('samples', '').isdigit() else 1.0
        paths = (folder.path('records.csv'), path)
        sources.append(
            Source(name, archive, load, group, paths, weight, '', kind, frozenset([kind]))
        )
    return SeriesIndex(task, tuple(LABELS.values()), tuple(sources))


def read_record(path: Path, facts: Mapping[str, str], rate_hz: float, scale: float) -> Recording:
    """Read one record as the channel ``drive_end_g``.

    Raises:
        DatasetError: it is no row of numbers.
    """
    with opened_npz(path) as content:
        raw = content[facts['record']]
    if raw.ndim != 1 or raw.dtype.kind not in 'iuf':
        raise bad('npz', f'{facts["record"]} is no row of numbers', 'save it as one')
    time_s = np.arange(len(raw)) / rate_hz
    label = LABELS.get(facts['fault'])
    whole = LabelInterval(label, 0.0, len(raw) / rate_hz) if label else None
    return Recording(
        facts['record'],
        empty_joints(time_s),
        {CHANNEL: raw.astype(np.float64) * scale},
        intervals=(whole,) if whole else (),
        facts=facts,
    )
