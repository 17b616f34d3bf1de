"""Recordings of slow joint data with labelled faults: rows a second, and the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
import functools

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.telemetry import (
    Array,
    CHANNELS,
    filled,
    histories,
    ROW_S,
    Rows,
    telemetry_rows,
)
from factory_perception.faults.telemetry_model import TASK
from factory_perception.training.datasets.series import LabelInterval, Recording, SeriesData
from factory_perception.training.datasets.series_set import SeriesSet
from factory_perception.training.datasets.servo_ticks import TICK_RAD, UNIT
from factory_perception.training.setting_tree import SettingsError


@dataclass(frozen=True)
class TelemetryRun:
    """One recording: ``samples`` ``(T, C, J)`` and ``time_s`` ``(T,)``, a row a second.

    ``truths`` are its faults; ``cycles`` ``(T,)`` number the work cycle of each row, None where
    they were not recorded. Recordings of one ``group`` are alike and stay together.
    """

    name: str
    time_s: Array
    samples: Array
    truths: tuple[LabelInterval, ...]
    joints: tuple[str, ...]
    cycles: NDArray[np.int64] | None = None
    group: str = ''

    def rows(self, view: str) -> Rows:
        """Give the features ``(T, P, F)``."""
        return telemetry_rows(histories(filled(self.samples)), view)

    def labels(self, kinds: tuple[str, ...], view: str) -> NDArray[np.int64]:
        """Give the fault of every row and part ``(T, P)``: 0 or a place in ``kinds`` + 1."""
        parts = self.parts(view)
        labels = np.zeros((len(self.time_s), len(parts)), np.int64)
        for one in self.truths:
            rows = (self.time_s >= one.start_s) & (self.time_s < one.end_s)
            labels[rows, parts.index(one.joint if view == 'joint' else '')] = (
                kinds.index(one.label) + 1
            )
        return labels

    def parts(self, view: str) -> tuple[str, ...]:
        """Name what is judged: the joints, or ``''`` for the arm."""
        return self.joints if view == 'joint' else ('',)


class TelemetryData:
    """All labelled recordings of a set that are slow joint data."""

    task = TASK

    def __init__(self, data: SeriesData) -> None:
        self.recordings = data
        self.origin, self.sha256, self.labels = data.origin, data.sha256, tuple(data.labels)

    def __len__(self) -> int:
        return len(self.recordings)

    def name(self, index: int) -> str:
        """Give the name of a recording."""
        return self.recordings.name(index)

    @functools.cached_property
    def runs(self) -> tuple[TelemetryRun, ...]:
        """Give the labelled recordings.

        Raises:
            SettingsError: there is none, or they have different joints.
        """
        found = [self.recordings.read(index) for index in range(len(self.recordings))]
        runs = tuple(
            replace(telemetry_run(one), group=self._group(index))
            for index, one in enumerate(found)
            if one.intervals is not None
        )
        if not runs:
            raise SettingsError(f'{self.origin} has no labelled recording: nothing to learn from')
        if len({run.joints for run in runs}) > 1:
            raise SettingsError(f'{self.origin} mixes robots of different joints: take one robot')
        return runs

    def _group(self, index: int) -> str:
        kept = self.recordings
        return kept.sources[index].group if isinstance(kept, SeriesSet) else kept.name(index)

    @property
    def joints(self) -> tuple[str, ...]:
        """Give the joints."""
        return self.runs[0].joints

    @property
    def view(self) -> str:
        """Say what is to be judged: ``joint`` where faults are blamed on joints, else ``arm``."""
        blamed = [bool(one.joint) for run in self.runs for one in run.truths]
        if not blamed:
            raise SettingsError(f'{self.origin} has no fault: nothing to learn from')
        return 'joint' if all(blamed) else 'arm'


def is_telemetry(data: SeriesData) -> bool:
    """Say whether recordings are slow joint data: temperatures, or no positions at all."""
    recording = data.read(0)
    joints = recording.joints
    warm = any(f'{joint}.temperature' in recording.channels for joint in joints.names)
    return bool(joints.names) and (warm or not np.isfinite(joints.position).any())


def telemetry_run(recording: Recording) -> TelemetryRun:
    """Take the newest sample of every second of a recording."""
    table = recording.joints
    count = int((table.time_s[-1] - table.time_s[0]) / ROW_S + 1e-6) + 1
    moments = table.time_s[0] + ROW_S * np.arange(count)
    places = np.searchsorted(table.time_s, moments, 'right') - 1
    absent = np.full(len(table.time_s), np.nan)
    warm = [recording.channels.get(f'{joint}.temperature', absent) for joint in table.names]
    scale = TICK_RAD if recording.facts.get('position_unit') == UNIT else 1.0
    channels = (table.position * scale, table.velocity, table.effort, np.stack(warm, axis=1))
    assert len(channels) == len(CHANNELS)
    cycle = recording.channels.get('cycle')
    return TelemetryRun(
        recording.name,
        table.time_s[places],
        np.stack(channels, axis=1)[places],
        recording.intervals or (),
        table.names,
        None if cycle is None else np.nan_to_num(cycle[places]).astype(np.int64),
    )
