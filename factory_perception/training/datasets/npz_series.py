"""NumPy archives of one recording each: ``t_s`` with ``q``, ``dq`` and ``tau``.

Arrays of one value a sample, or of some, become channels. Nothing in them is ever unpickled.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
import zipfile

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable, TIME_COLUMNS
from factory_perception.training.datasets.folder import DataFolder, parent, stem
from factory_perception.training.datasets.npz_file import opened_npz
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.problems import bad, Problems
from factory_perception.training.datasets.series import Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source

NAME = 'npz_series'
TASKS: tuple[str, ...] = ('forecast',)
LOOKS_FOR = '<recording>.npz with t_s (T,) and q, dq, tau (T, joints)'
_NAMES = {
    'position': ('q', 'position', 'positions'),
    'velocity': ('dq', 'qd', 'velocity', 'velocities'),
    'effort': ('tau', 'effort', 'efforts'),
}


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    files = _files(folder)
    return f'{len(files)} .npz files with a time and joint positions' if files else None


def _files(folder: DataFolder) -> list[str]:
    found = []
    for name in folder.files:
        if name.endswith('.npz'):
            try:
                with zipfile.ZipFile(folder.path(name)) as archive:
                    keys = {Path(entry).stem for entry in archive.namelist()}
            except (OSError, RuntimeError, ValueError, zipfile.BadZipFile):
                found.append(name)  # reading it says what is wrong
                continue
            if keys & set(TIME_COLUMNS) and keys & set(_NAMES['position']):
                found.append(name)
    return found


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List all archives; each is one recording."""
    sources = []
    for file in _files(folder):
        path = folder.path(file)
        name = f'{parent(file)}/{stem(file)}'.lstrip('/')
        load, part = partial(read_npz, path, name), part_of_path(parent(file))
        sources.append(Source(name, file, load, file, (path,), split=part))
    return SeriesIndex(task, (), tuple(sources))


def read_npz(path: Path, name: str) -> Recording:
    """Read one archive.

    Raises:
        DatasetError: it is broken, holds Python objects, or its arrays do not fit together.
    """
    with opened_npz(path) as content:
        arrays = {key: content[key] for key in content.files}
    time_name = next((one for one in TIME_COLUMNS if one in arrays), None)
    if time_name is None:
        raise bad('columns', f'has no time ({", ".join(TIME_COLUMNS)})', 'add t_s')
    time_s = _floats(arrays.pop(time_name), time_name).reshape(-1)
    tables: dict[str, NDArray[np.float64]] = {}
    for kind, names in _NAMES.items():
        key = next((one for one in names if one in arrays), None)
        if key is not None:
            tables[kind] = _floats(arrays.pop(key), key, len(time_s))
    if 'position' not in tables:
        raise bad('columns', 'has no joint positions', 'add q (T, joints)')
    absent = np.full_like(tables['position'], np.nan)
    velocity, effort = tables.get('velocity', absent), tables.get('effort', absent)
    if velocity.shape != absent.shape or effort.shape != absent.shape:
        raise bad('columns', 'positions, velocities and efforts differ in size', 'correct them')
    given = arrays.pop('joint_names', None)
    count = absent.shape[1]
    joints = tuple(map(str, given)) if given is not None and len(given) == count else tuple(
        f'joint{number}' for number in range(1, count + 1)
    )  # fmt: skip
    channels: dict[str, NDArray[np.float64]] = {}
    for key, values in arrays.items():
        if values.ndim in (1, 2) and len(values) == len(time_s) and values.dtype.kind in 'fiu':
            table = _floats(values, key, len(time_s))
            several = table.shape[1] > 1
            for at in range(table.shape[1]):
                channels[f'{key}.{at + 1}' if several else key] = table[:, at]
    return Recording(
        name, JointTable(joints, time_s, tables['position'], velocity, effort), channels
    )


def _floats(values: NDArray, name: str, length: int | None = None) -> NDArray[np.float64]:
    if values.dtype.kind not in 'fiu' or values.ndim not in (1, 2):
        raise bad('columns', f'{name} is no table of numbers', 'save it as (T,) or (T, n)')
    if length is not None and len(values) != length:
        raise bad('columns', f'{name} has {len(values)} rows for {length} times', 'correct it')
    return values.astype(np.float64).reshape(len(values), -1)
