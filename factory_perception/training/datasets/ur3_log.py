"""The log of a UR robot in one table: ``Timestamp``, ``Current_J0``, ``Speed_J0`` and so on.

The layout of UR3 CobotOps (doi 10.24432/C5J891): currents in ampere, speeds in rad/s, temperatures
in degrees Celsius, 1 Hz, with the protective stops and the lost grips.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import partial
import re

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, Problems
from factory_perception.training.datasets.series import intervals_of, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.tables import header_of, read_table, Table

NAME = 'ur3_log'
TASKS: tuple[str, ...] = ('fault', 'forecast')
LOOKS_FOR = 'a CSV file with Timestamp, Current_J0 ... and Speed_J0 ...'
#: Label columns of the file and what they are called here.
LABELS = {'Robot_ProtectiveStop': 'protective_stop', 'grip_lost': 'grip_lost'}
#: Without a column ``session`` a pause this long begins a new recording.
_PAUSE_S = 5.0


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = _files(folder)
    return f'{files[0]} with Timestamp, Current_J0 and Speed_J0' if files else None


def _files(folder: DataFolder) -> list[str]:
    wanted = {'Timestamp', 'Current_J0', 'Speed_J0'}
    return [name for name in folder.files
            if name.endswith('.csv') and wanted <= set(header_of(folder, name))]  # fmt: skip


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """Read the tables; each unbroken session is a recording of its own."""
    sources: list[Source] = []
    files = _files(folder)
    labels: list[str] = []
    for file in files:
        table = read_table(folder, file)
        labels += [label for column, label in LABELS.items() if column in table.header]
        time_s = _times(table)
        sessions = _sessions(table, time_s)
        for session in dict.fromkeys(sessions):
            places = [place for place, one in enumerate(sessions) if one == session]
            name = f'session {session}' if len(files) == 1 else f'{file} session {session}'
            load = partial(_recording, name, table.select(places), time_s[places])
            sources.append(Source(name, file, load, name, (folder.path(file),), len(places)))
    return SeriesIndex(task, tuple(dict.fromkeys(labels)), tuple(sources))


def _times(table: Table) -> NDArray[np.float64]:
    """Give seconds since the first row."""
    stamps = []
    for line, text in zip(table.lines, table.column('Timestamp')):
        try:
            stamp = datetime.fromisoformat(re.sub(r'Z$', '+00:00', text))
        except ValueError as error:
            reason = f'Timestamp is "{text[:40]}"'
            raise bad('time', reason, 'write it as 2022-10-26T08:17:21.847Z', line).within(
                table.file
            ) from error
        known = stamp if stamp.tzinfo else stamp.replace(tzinfo=timezone.utc)
        stamps.append(known.timestamp())
    return np.array(stamps) - stamps[0]


def _sessions(table: Table, time_s: NDArray[np.float64]) -> list[str]:
    if 'session' in table.header:
        return table.column('session')
    pauses = np.concatenate([[False], np.diff(time_s) > _PAUSE_S])
    return [str(number) for number in np.cumsum(pauses)]


def _recording(name: str, table: Table, time_s: NDArray[np.float64]) -> Recording:
    numbers = sorted(int(match[1]) for one in table.header
                     if (match := re.fullmatch(r'Current_J(\d{1,2})', one)))  # fmt: skip
    names = tuple(f'J{number}' for number in numbers)

    def columns(prefix: str) -> NDArray[np.float64]:
        return np.stack([table.numbers(f'{prefix}_{joint}') for joint in names], axis=1)

    speed, current = columns('Speed'), columns('Current')
    channels = {
        f'{joint}.temperature': table.numbers(column)
        for joint in names
        for column in (f'Temperature_{joint}', f'Temperature_T{joint[1:]}')
        if column in table.header
    }
    channels |= {one.lower(): table.numbers(one) for one in ('Tool_current', 'cycle')
                 if one in table.header}  # fmt: skip
    labels = {
        label: table.numbers(column) for column, label in LABELS.items() if column in table.header
    }
    intervals = [
        interval
        for label, values in labels.items()
        for interval in intervals_of(time_s, values, label)
    ]
    joints = JointTable(names, time_s, np.full_like(speed, np.nan), speed, current)
    known = tuple(intervals) if labels else None
    facts = {'start': table.column('Timestamp')[0]}
    return Recording(name, joints, channels, labels, known, facts)
