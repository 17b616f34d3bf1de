"""Tables of joints over time, one CSV file a recording, as ``motion.joint_table`` reads them.

Beside joints a file may have labels (``label``, ``fault``, ``elbow.label``: numbers or words) and
other sensors (``elbow_temp``, ``elbow_volt``, ``elbow_target``), which become channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
import re

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTableError, read_joint_csv, TIME_COLUMNS
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import intervals_of, LabelInterval, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.tables import header_of, read_table, Table
from factory_perception.vision.pictures import VIDEO_SUFFIXES

NAME = 'joint_csv'
TASKS: tuple[str, ...] = ('forecast', 'fault')
LOOKS_FOR = '<recording>.csv with a time column (t_s) and one column a joint'
_LABEL = re.compile(r'^(?:(?P<joint>.+)[._])?(?P<label>label|fault|anomaly)$')
_CHANNEL = re.compile(r'^.+[._](temp|temperature|volt|voltage|target|command)$')
#: Words in a label column for nothing wrong.
_GOOD = ('', '0', '0.0', 'normal', 'ok', 'healthy', 'none', 'good')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format: tables with a time, no videos, few pictures."""
    files = csv_files(folder)
    videos = any(name.lower().endswith(VIDEO_SUFFIXES) for name in folder.files)
    if videos or len(folder.pictures()) > len(files):
        return None
    return f'{len(files)} CSV files with a time column, such as {files[0]}' if files else None


def csv_files(folder: DataFolder) -> list[str]:
    """List the tables with a time column."""
    files = [name for name in folder.files if name.lower().endswith('.csv')]
    return [name for name in files if set(header_of(folder, name)) & set(TIME_COLUMNS)]


def groups_of(files: list[str]) -> dict[str, str]:
    """Give each recording its group: its folder where there are at least three, else itself."""
    folders = {parent(file) for file in files if not part_of_path(parent(file))}
    return {file: parent(file) if parent(file) in folders and len(folders) > 2 else file
            for file in files}  # fmt: skip


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List all tables; each is one recording."""
    files = csv_files(folder)
    sources = []
    labels: set[str] = set()
    for file, group in groups_of(files).items():
        load = partial(read_csv, folder, file)
        part = part_of_path(parent(file))
        sources.append(Source(_name(file), file, load, group, (folder.path(file),), split=part))
        labels |= labels_in(header_of(folder, file), load)
    return SeriesIndex(task, tuple(sorted(labels)), tuple(sources))


def labels_in(header: Sequence[str], load: Callable[[], Recording]) -> set[str]:
    """Give the labels of a table; it is read for that only when it has a column of labels."""
    if not any(map(_LABEL.match, header)):
        return set()
    try:
        return {interval.label for interval in load().intervals or ()}
    except DatasetError:
        return set()  # whoever reads the recording hears of it


def _name(file: str) -> str:
    return f'{parent(file)}/{stem(file)}'.lstrip('/')


def read_csv(folder: DataFolder, file: str) -> Recording:
    """Read one table.

    Raises:
        DatasetError: no time, no joint, or a line that is cut off.
    """
    table = read_table(folder, file)
    _require_numbers(table)
    try:
        joints = read_joint_csv(folder.path(file))
    except JointTableError as error:
        reason = str(error).removeprefix(str(folder.path(file))).lstrip(': ')
        raise bad('columns', reason, 'write one column a joint beside t_s').within(file) from error
    columns, intervals = _labels(table, joints.time_s)
    channels = {
        name: table.numbers(name)
        for name in table.header
        if _CHANNEL.match(name) and not _LABEL.match(name)
    }
    keep = [place for place, name in enumerate(joints.names)
            if not _LABEL.match(name) and not _CHANNEL.match(name)]  # fmt: skip
    if not keep:
        raise bad('columns', 'has no column of a joint', 'add one beside the time').within(file)
    kept = replace(
        joints,
        names=tuple(joints.names[place] for place in keep),
        position=joints.position[:, keep],
        velocity=joints.velocity[:, keep],
        effort=joints.effort[:, keep],
    )
    return Recording(_name(file), kept, channels, columns, tuple(intervals) if columns else None)


def _require_numbers(table: Table) -> None:
    """Refuse a column that begins with numbers and goes on with something else."""
    for name in table.header:
        first = next((cell for cell in table.column(name) if cell), '')
        if re.match(r'^[-+.]?\d', first) and not _LABEL.match(name):
            table.numbers(name)


def _labels(
    table: Table, time_s: NDArray[np.float64]
) -> tuple[dict[str, NDArray[np.float64]], list[LabelInterval]]:
    """Give the label columns as 0 and 1, and their stretches; a word is the name of its label."""
    columns: dict[str, NDArray[np.float64]] = {}
    intervals: list[LabelInterval] = []
    for match in filter(None, map(_LABEL.match, table.header)):
        words = table.column(match[0])
        columns[match[0]] = np.array([float(word.lower() not in _GOOD) for word in words])
        for word in dict.fromkeys(words):
            if word.lower() not in _GOOD:
                label = match['label'] if re.fullmatch(r'[\d.]+', word) else word
                here = np.array([float(one == word) for one in words])
                intervals += intervals_of(time_s, here, label, match['joint'] or '')
    return columns, intervals
