"""The log of a UR robot in one table: ``Timestamp``, ``Current_J0``, ``Speed_J0`` and so on.

The layout of UR3 CobotOps (doi 10.24432/C5J891): currents in ampere, speeds in rad/s, temperatures
in degrees Celsius, 1 Hz, with the protective stops and the lost grips. Joints are called as the ROS
driver of these robots calls them.
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
LABELS = {'Robot_ProtectiveStop': 'protective_stop', 'grip_lost': 'grip_loss'}
#: The joints from base to tool.
JOINTS = ('shoulder_pan_joint', 'shoulder_lift_joint', 'elbow_joint', 'wrist_1_joint',
          'wrist_2_joint', 'wrist_3_joint')  # fmt: skip
#: So many work cycles make a recording: cycles stay whole in a split, and there are enough of them.
CYCLES = 15
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
    """Read the tables; some work cycles of an unbroken session make a recording."""
    sources: list[Source] = []
    files = _files(folder)
    labels: list[str] = []
    for file in files:
        table = read_table(folder, file)
        labels += [label for column, label in LABELS.items() if column in table.header]
        time_s = _times(table)
        pieces = _pieces(table, _sessions(table, time_s))
        for piece in dict.fromkeys(pieces):
            places = [place for place, one in enumerate(pieces) if one == piece]
            name = piece if len(files) == 1 else f'{file} {piece}'
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


def _pieces(table: Table, sessions: list[str]) -> list[str]:
    """Name the recording that each row belongs to."""
    if 'cycle' not in table.header:
        return [f'session {session}' for session in sessions]
    blocks = np.maximum(np.nan_to_num(table.numbers('cycle')) - 1, 0) // CYCLES * CYCLES
    return [
        f'session {session} cycles {first + 1:.0f} to {first + CYCLES:.0f}'
        for session, first in zip(sessions, blocks)
    ]


def _recording(name: str, table: Table, time_s: NDArray[np.float64]) -> Recording:
    numbers = sorted(int(match[1]) for one in table.header
                     if (match := re.fullmatch(r'Current_J(\d{1,2})', one)))  # fmt: skip
    names = tuple(JOINTS[one] if one < len(JOINTS) else f'joint_{one}' for one in numbers)

    def columns(prefix: str) -> NDArray[np.float64]:
        return np.stack([table.numbers(f'{prefix}_J{one}') for one in numbers], axis=1)

    speed, current = columns('Speed'), columns('Current')
    channels = {
        f'{joint}.temperature': table.numbers(column)
        for joint, number in zip(names, numbers)
        for column in (f'Temperature_J{number}', f'Temperature_T{number}')
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
