"""Recordings as the nodes would see them: rows at a fixed step, through the same joint history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.history import HistorySettings, JointHistory
from factory_perception.motion.joint_reader import POSITION
from factory_perception.motion.joint_sample import JointSample
from factory_perception.training.datasets.series import Recording, SeriesData
from factory_perception.training.datasets.servo_ticks import TICK_RAD, UNIT
from factory_perception.training.motion_plan import plan_of
from factory_perception.training.setting_tree import SettingsError

Array = NDArray[np.float64]
#: A gap is so many usual steps, and at least so many seconds.
_GAP_STEPS, _GAP_S = 5, 0.5
#: Clocks of recordings may begin at 0, which in a header says that nobody set it.
_START_S = 1.0


@dataclass(frozen=True)
class Segment:
    """An unbroken stretch of a recording.

    Attributes:
        recording: its name.
        rows: float64 ``(T, 3, J)``: position, velocity, effort; positions are known.
        plan: float64 ``(T, 1 + H, J)``, what the controller planned for now and every horizon; or
            ``None``.
    """

    recording: str
    rows: Array
    plan: Array | None

    def __len__(self) -> int:
        return len(self.rows)


def read_segments(
    data: SeriesData, joints: Sequence[str], step_s: float, horizons_s: Array, least: int
) -> list[Segment]:
    """Read all recordings of a set.

    Args:
        data: the recordings.
        joints: the joints that are wanted.
        step_s: time between two rows.
        horizons_s: ``(H,)``, for the plans.
        least: shorter segments are left out.

    Raises:
        SettingsError: a recording lacks a joint, or nothing is long enough.
        DatasetError: a recording is broken.
    """
    found = [
        segment
        for index in range(len(data))
        for segment in segments_of(data.read(index), joints, step_s, horizons_s)
        if len(segment) >= least
    ]
    if not found:
        raise SettingsError(
            f'{data.origin} has no stretch of {least * step_s:.2f} s without a gap: lower '
            'forecast.horizons_ms, forecast.lags or forecast.window_s, or record longer'
        )
    return found


def joints_of(data: SeriesData, wanted: str) -> tuple[str, ...]:
    """Give the joints to learn: those that are named, else all of the first recording.

    Raises:
        SettingsError: there are none, or a named one is not there.
    """
    have = data.read(0).joints.names
    names = tuple(name.strip() for name in wanted.split(',') if name.strip()) or have
    missing = [name for name in names if name not in have]
    if missing or not names:
        raise SettingsError(
            f'{data.origin} has the joints {", ".join(have) or "(none)"}, not {", ".join(missing)}'
        )
    return names


def segments_of(
    recording: Recording, joints: Sequence[str], step_s: float, horizons_s: Array
) -> list[Segment]:
    """Play a recording into a joint history and take its rows.

    Raises:
        SettingsError: it lacks a joint.
    """
    table = recording.joints
    missing = [name for name in joints if name not in table.names]
    if missing:
        raise SettingsError(
            f'{recording.name} has no joint {", ".join(missing)}, only {", ".join(table.names)}'
        )
    time_s = table.time_s - table.time_s[0] + _START_S
    gap_s = max(_GAP_S, _GAP_STEPS * float(np.median(np.diff(time_s))), 2 * step_s)
    history = JointHistory(joints, HistorySettings(round(step_s * 1e9), 1024, round(gap_s * 1e9)))
    rows, stamps = _play(recording, history, time_s)
    breaks = np.flatnonzero(np.diff(stamps) != history.settings.step_ns) + 1
    plan = plan_of(recording, joints, stamps * 1e-9 - _START_S + table.time_s[0], horizons_s)
    plan = None if plan is None else plan * _unit(recording)
    return [
        Segment(recording.name, rows[part], None if plan is None else plan[part])
        for part in np.split(np.arange(len(rows)), breaks)
        if len(part)
    ]


def _play(
    recording: Recording, history: JointHistory, time_s: Array
) -> tuple[Array, NDArray[np.int64]]:
    """Give the rows with known positions ``(T, 3, J)`` and their stamps."""
    table = recording.joints
    unit = _unit(recording)
    position, velocity, effort = table.position * unit, table.velocity * unit, table.effort
    rows, stamps = [], []
    for index, stamp_ns in enumerate(np.round(time_s * 1e9).astype(np.int64).tolist()):
        values = position[index], velocity[index], effort[index]
        count = history.add(JointSample(stamp_ns, table.names, *values, stamp_ns))
        if count:
            rows.append(history.window(count).copy())
            step_ns = history.settings.step_ns
            stamps.append(history.stamp_ns - step_ns * np.arange(count - 1, -1, -1))
    if not rows:
        return np.zeros((0, 3, len(history.joints))), np.zeros(0, np.int64)
    every, when = np.concatenate(rows), np.concatenate(stamps)
    known = ~np.isnan(every[:, POSITION]).any(axis=1)
    return every[known], when[known]


def _unit(recording: Recording) -> float:
    """Give the radians (or metres) of one unit of the positions."""
    return TICK_RAD if recording.facts.get('position_unit') == UNIT else 1.0


def windows_of(segment: Segment, lags: int) -> Array:
    """Give a view ``(T - lags + 1, lags, 3, J)`` of the last rows of every moment."""
    windows = np.lib.stride_tricks.sliding_window_view(segment.rows, lags, axis=0)
    return np.moveaxis(windows, -1, 1)


def ahead_of(segment: Segment, steps: Sequence[int]) -> Array:
    """Give the positions that came, ``(T - max(steps), H, J)``."""
    position = segment.rows[:, POSITION]
    count = len(position) - max(steps)
    return np.stack([position[step : step + count] for step in steps], axis=1)
