"""Many short runs in three tables: positions.csv, commands.csv and runs.csv.

The layout of the ArmPi joint-fault recordings: every table has ``run_id``, ``t_s`` and one column
a joint (``m1`` ...) in servo ticks; runs.csv says the fault and the joint of each run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.folder import DataFolder
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import Commands, LabelInterval, Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source
from factory_perception.training.datasets.servo_ticks import UNIT, without_misread
from factory_perception.training.datasets.tables import header_of, read_table, Table

NAME = 'run_tables'
TASKS: tuple[str, ...] = ('fault', 'forecast')
LOOKS_FOR = 'positions.csv (run_id, t_s, m1 ...), runs.csv (run_id, fault) and commands.csv'
_HEALTHY = ('healthy', 'normal', '')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    if not {'positions.csv', 'runs.csv'} <= set(folder.files):
        return None
    if header_of(folder, 'positions.csv')[:2] != ('run_id', 't_s'):
        return None
    return 'positions.csv with run_id and t_s, and runs.csv'


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """Read all runs. Runs of one commanded path (``traj``) stay together in a split."""
    files = [name for name in ('positions.csv', 'runs.csv', 'commands.csv') if name in folder]
    positions, runs = (read_table(folder, name) for name in files[:2])
    rows = _by_run(positions)
    commands = read_table(folder, files[2]) if len(files) > 2 else None
    command_rows = _by_run(commands) if commands else {}
    sources, labels = [], set()
    for facts in (dict(zip(runs.header, row)) for row in runs.rows):
        run = facts.get('run_id', '')
        try:
            if run not in rows:
                raise bad('recording-missing', f'run {run} is not in positions.csv', 'remove it')
            recording = _recording(run, positions.select(rows[run]), facts)
            if commands and run in command_rows:
                told = _commands(commands.select(command_rows[run]), recording.joints.names)
                recording = replace(recording, commands=told)
        except DatasetError as error:
            problems.caught(error, 'runs.csv', record=f'run {run}')
            continue
        labels |= {interval.label for interval in recording.intervals or ()}
        group = f'path {facts["traj"]}' if facts.get('traj') else recording.name
        shown = frozenset(one.label for one in recording.intervals or ())
        source = Source(
            recording.name,
            'positions.csv',
            partial(_same, recording),
            group,
            tuple(map(folder.path, files)),
            len(rows[run]),
            stratum=facts.get('fault', ''),
            shows=shown or frozenset(['normal']),
        )
        sources.append(source)
    return SeriesIndex(task, tuple(sorted(labels)), tuple(sources))


def _same(recording: Recording) -> Recording:
    return recording


def _by_run(table: Table) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, run in enumerate(table.column('run_id')):
        found[run].append(place)
    return found


def _joints(table: Table) -> list[str]:
    other = ('run_id', 't_s')
    return [name for name in table.header if name not in other and not name.startswith('dur')]


def _recording(run: str, table: Table, facts: Mapping[str, str]) -> Recording:
    time_s, names = table.numbers('t_s'), tuple(_joints(table))
    raw = np.stack([table.numbers(name) for name in names], axis=1)
    position, misread = without_misread(raw, 'position')
    absent = np.full_like(position, np.nan)
    joints = JointTable(names, time_s, position, absent, absent)
    fault, motor = facts.get('fault', '').strip(), facts.get('fault_motor', '').strip()
    intervals: tuple[LabelInterval, ...] = ()
    if fault not in _HEALTHY:
        if motor and motor not in names:
            raise bad('label', f'run {run} blames "{motor}", which is no joint', 'correct it')
        intervals = (LabelInterval(fault, float(time_s[0]), float(time_s[-1]), motor),)
    kept = {**facts, 'misread_values': str(misread), 'position_unit': UNIT}
    return Recording(f'run {run}', joints, intervals=intervals, facts=kept)


def _commands(table: Table, names: tuple[str, ...]) -> Commands:
    def columns(wanted: list[str], scale: float) -> NDArray[np.float64]:
        absent = np.full(len(table), np.nan)
        parts = [table.numbers(one) * scale if one in table.header else absent for one in wanted]
        return np.stack(parts, axis=1)

    durations = [f'dur{name.removeprefix("m")}_ms' for name in names]
    return Commands(
        names, table.numbers('t_s'), columns(list(names), 1.0), columns(durations, 1e-3)
    )
