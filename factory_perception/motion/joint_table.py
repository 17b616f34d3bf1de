"""Joint samples from a CSV file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TIME_COLUMNS = ('t_s', 'time_s', 'stamp_s', 'time', 'timestamp', 't')
_ENDINGS = {
    'position': ('.position', '_position', '_pos', '.pos'),
    'velocity': ('.velocity', '_velocity', '_vel', '.vel'),
    'effort': ('.effort', '_effort', '_eff', '_torque', '_current'),
}


class JointTableError(ValueError):
    """A table of joints that cannot be read; the text names file, line and mend."""


@dataclass(frozen=True)
class JointTable:
    """T samples of J joints. What a file does not hold is NaN.

    Attributes:
        names: the joints.
        time_s: float64 ``(T,)``, as in the file.
        position: float64 ``(T, J)``, in the unit of the file.
        velocity: float64 ``(T, J)``.
        effort: float64 ``(T, J)``.
    """

    names: tuple[str, ...]
    time_s: NDArray[np.float64]
    position: NDArray[np.float64]
    velocity: NDArray[np.float64]
    effort: NDArray[np.float64]


def read_joint_csv(path: Path) -> JointTable:
    """Read a CSV file with a header: a time column and one column a joint and quantity.

    ``shoulder`` or ``shoulder.position`` (``_pos``) is a position, ``shoulder.velocity`` (``_vel``)
    and ``shoulder.effort`` (``_torque``, ``_current``) the rest. Empty cells are NaN. Columns that
    hold no numbers are left out.

    Raises:
        JointTableError: no time column, no joint, or a line that is cut off.
    """
    with path.open(newline='') as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise JointTableError(f'{path} holds no samples')
    header = [name.strip() for name in rows[0]]
    time_column = next((name for name in TIME_COLUMNS if name in header), None)
    if time_column is None:
        raise JointTableError(f'{path} has no time column ({", ".join(TIME_COLUMNS)})')
    columns = _columns(path, header, rows[1:])
    time_s = columns.pop(time_column, None)
    if time_s is None:
        raise JointTableError(f'{path}: the column {time_column} holds no numbers')
    quantities = {name: _split(name) for name in columns}
    names = tuple(dict.fromkeys(joint for joint, _ in quantities.values()))
    if not names:
        raise JointTableError(f'{path} has no column of joint values beside {time_column}')
    tables = {kind: np.full((len(time_s), len(names)), np.nan) for kind in _ENDINGS}
    for column, (joint, kind) in quantities.items():
        tables[kind][:, names.index(joint)] = columns[column]
    return JointTable(names, time_s, tables['position'], tables['velocity'], tables['effort'])


def _columns(
    path: Path, header: list[str], rows: list[list[str]]
) -> dict[str, NDArray[np.float64]]:
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise JointTableError(
                f'{path} line {number} has {len(row)} cells instead of {len(header)}'
            )
    columns = {}
    for index, name in enumerate(header):
        try:
            columns[name] = np.array([float(row[index] or 'nan') for row in rows])
        except ValueError:
            continue  # a column of names or labels
    return columns


def _split(column: str) -> tuple[str, str]:
    for kind, endings in _ENDINGS.items():
        for ending in endings:
            if column.endswith(ending) and len(column) > len(ending):
                return column[: -len(ending)], kind
    return column, 'position'
