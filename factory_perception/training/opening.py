"""The data that a command names: a folder, or the embedded cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from factory_perception.faults.telemetry_model import TASK as TELEMETRY
from factory_perception.training.cell_faults import CellFaults, HABITS, TAUGHT_HABITS
from factory_perception.training.cell_joints import CellJoints
from factory_perception.training.data import PICTURE_TASKS, PictureData
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series import SERIES_TASKS
from factory_perception.training.recorded_faults import RecordedFaults
from factory_perception.training.renderer_data import RendererData
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.telemetry_data import is_telemetry, TelemetryData

#: Name of the data set that is drawn instead of read.
CELL = 'cell'
#: Seeds of the embedded cell: trained on from 0, validated on and tested on far away from there.
CELL_FIRST_SEEDS = {'train': 0, 'val': 1_000_000, 'test': 2_000_000}
CELL_PICTURES = {'train': 3200, 'val': 500, 'test': 500}
CELL_RUNS = {'train': 16, 'val': 8, 'test': 16}

CELL_FAULT_RUNS = {'train': 1024, 'val': 128, 'test': 50}
#: Healthy arms for each with faults: to learn limits, thresholds, and ten hours to count alarms.
CELL_HEALTHY = {'train': 0.25, 'val': 4.0, 'test': 12.0}


def open_pictures(
    data: str,
    task: str | None,
    split: str | None,
    pictures: int | None = None,
    skip_bad: bool = False,
) -> PictureData:
    """Open a part of a data set of pictures.

    Args:
        data: a folder, or ``cell`` for pictures of the embedded cell.
        task: what to learn; the usual task of the format when absent.
        split: ``train``, ``val``, ``test`` or a list file; everything when absent.
        pictures: how many pictures of the cell.
        skip_bad: leave out what cannot be read.

    Raises:
        DatasetError: the folder cannot be used; the text names file and mend.
        SettingsError: it holds something else than pictures.
    """
    if data == CELL:
        part = _cell_part(split)
        count = pictures or CELL_PICTURES[part]
        return RendererData(count, CELL_FIRST_SEEDS[part], crowded=part == 'train')
    found = open_dataset(Path(data), task, split, skip_bad=skip_bad)
    if found.task not in PICTURE_TASKS:
        raise SettingsError(f'{data} holds {found.task} data, not pictures')
    return found  # type: ignore[return-value]


def open_recordings(
    data: str,
    task: str,
    split: str | None,
    runs: int | None = None,
    skip_bad: bool = False,
    by_content: bool = False,
) -> Any:
    """Open a part of a data set of recordings.

    Args:
        data: a folder, or ``cell`` for runs of the embedded cell's arm.
        task: what to learn.
        split: ``train``, ``val``, ``test`` or a list file; everything when absent.
        runs: how many runs of the cell.
        skip_bad: leave out what cannot be read.
        by_content: whether slow joint data are to be opened for telemetry when faults are asked
            for.

    Raises:
        DatasetError: the folder cannot be used; the text names file and mend.
        SettingsError: it holds something else than recordings.
    """
    if data == CELL:
        part = _cell_part(split)
        if task == TELEMETRY:
            raise SettingsError(f'the cell gives no data for {task}: name a folder')
        if task == 'fault':
            count = runs or CELL_FAULT_RUNS[part]
            healthy = max(1, round(count * CELL_HEALTHY[part]))
            habits = TAUGHT_HABITS if part == 'train' else HABITS
            return CellFaults(count, CELL_FIRST_SEEDS[part], healthy, habits, part != 'train')
        return CellJoints(runs or CELL_RUNS[part], CELL_FIRST_SEEDS[part])
    asked = 'fault' if task == TELEMETRY else task
    found = open_dataset(Path(data), asked, split, skip_bad=skip_bad)
    if found.task not in SERIES_TASKS:
        raise SettingsError(f'{data} holds {found.task} data, not recordings')
    if task == TELEMETRY or (by_content and task == 'fault' and is_telemetry(found)):  # type: ignore[arg-type]
        return TelemetryData(found)  # type: ignore[arg-type]
    if task == 'fault':
        return RecordedFaults(found)  # type: ignore[arg-type]
    return found


def held_runs(data: str, task: str, split: str | None, taught: int | None) -> int | None:
    """Say on how many runs of the cell a training is measured: as many as usual when None.

    A fault model that is to learn from few arms is measured on half as many, not on many times as
    many.

    Args:
        data: a folder, or ``cell``.
        task: what to learn.
        split: the part that it is measured on.
        taught: how many runs it is to learn from; as many as usual when None.
    """
    if data != CELL or task != 'fault' or taught is None:
        return None
    return min(max(1, taught // 2), CELL_FAULT_RUNS[_cell_part(split)])


def open_for(
    task: str, data: str, split: str | None, count: int | None = None, skip_bad: bool = False
) -> Any:
    """Open what models for a task are measured on; see the other two."""
    if task in SERIES_TASKS:
        return open_recordings(data, task, split, count, skip_bad)
    return open_pictures(data, task, split, count, skip_bad)


def _cell_part(split: str | None) -> str:
    part = split or 'test'
    if part not in CELL_FIRST_SEEDS:
        raise SettingsError(f'the cell has the parts {", ".join(CELL_FIRST_SEEDS)}, not {part}')
    return part
