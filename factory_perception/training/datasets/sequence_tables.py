"""One table a sequence and a list of them: sequences.csv and sequences/<id>.csv.gz.

The layout of the ArmPi motor-condition recordings: ``t_s`` and, for every servo, ``m1_pos``
(ticks), ``m1_temp`` (degrees Celsius), ``m1_volt`` (millivolts) and ``m1_label`` (1 while it is
faulty).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import intervals_of, LabelInterval, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.servo_ticks import UNIT, without_misread
from factory_perception.training.datasets.tables import header_of, read_table, Table

NAME = 'sequence_tables'
TASKS: tuple[str, ...] = ('fault', 'forecast')
LOOKS_FOR = 'sequences.csv and sequences/<sequence>.csv.gz: t_s, m1_pos, m1_temp, m1_volt, m1_label'
#: What a label column of 1 means.
LABEL = 'over_temperature'
_CHANNELS = {'_temp': 'temperature', '_volt': 'voltage'}


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    if 'sequences.csv' not in folder or 'sequence' not in header_of(folder, 'sequences.csv'):
        return None
    return f'sequences.csv and {len(folder.under("sequences"))} files in sequences/'


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List all sequences. Those of one day (first eight digits) stay together in a split."""
    table = read_table(folder, 'sequences.csv')
    names, sources = table.column('sequence'), []
    for place, name in enumerate(names):
        facts = dict(zip(table.header, table.rows[place]))
        try:
            file = folder.find(f'{name}.csv.gz', 'sequences') or folder.find(
                f'{name}.csv', 'sequences'
            )
            if file is None:
                text = f'there is no sequences/{name}.csv.gz'
                raise bad(
                    'recording-missing', text, 'add it or remove the line', table.lines[place]
                )
        except DatasetError as error:
            problems.caught(error, 'sequences.csv', record=name)
            continue
        if facts.get('label_quality', '').startswith('suspect'):
            text = f'its labels are called {facts["label_quality"]}: it counts as unlabelled'
            problems.warn('label-suspect', text, 'label it again to learn from it', file)
        weight = float(facts['rows']) if facts.get('rows', '').isdigit() else 1.0
        day = name[:8] if name[:8].isdigit() else name
        load = partial(read_sequence, folder, file, name, facts)
        paths = (folder.path('sequences.csv'), folder.path(file))
        known = 'unlabelled' if facts.get('label_quality', 'ok') != 'ok' else 'labelled'
        sources.append(Source(name, file, load, day, paths, weight, stratum=known))
    return SeriesIndex(task, (LABEL,), tuple(sources))


def read_sequence(folder: DataFolder, file: str, name: str, facts: Mapping[str, str]) -> Recording:
    """Read one sequence.

    Raises:
        DatasetError: no table, no time, or a cell that is no number.
    """
    table = read_table(folder, file)
    time_s = table.numbers('t_s')
    names = tuple(one.removesuffix('_pos') for one in table.header if one.endswith('_pos'))
    position, misread = without_misread(_columns(table, names, '_pos'), 'position')
    channels: dict[str, NDArray[np.float64]] = {}
    for ending, quantity in _CHANNELS.items():
        for joint in names:
            if joint + ending in table.header:
                values, wrong = without_misread(table.numbers(joint + ending), quantity)
                channels[f'{joint}.{quantity}'] = values
                misread += wrong
    labels = {
        f'{joint}.label': table.numbers(f'{joint}_label')
        for joint in names
        if f'{joint}_label' in table.header
    }
    suspect = facts.get('label_quality', '').startswith('suspect')
    intervals: tuple[LabelInterval, ...] | None = None
    if labels and not suspect:
        intervals = tuple(
            interval
            for column, values in labels.items()
            for interval in intervals_of(time_s, values, LABEL, column.removesuffix('.label'))
        )
    absent = np.full_like(position, np.nan)
    return Recording(
        name,
        JointTable(names, time_s, position, absent, absent),
        channels,
        {} if suspect else labels,
        intervals,
        {**facts, 'misread_values': str(misread), 'position_unit': UNIT},
    )


def _columns(table: Table, names: tuple[str, ...], ending: str) -> NDArray[np.float64]:
    if not names:
        raise bad('columns', 'has no column <joint>_pos', 'name the columns so', 1)
    return np.stack([table.numbers(name + ending) for name in names], axis=1)
