"""What a forecaster learns from: segments, what they look like, and windows out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import EFFORT, POSITION, VELOCITY
from factory_perception.motion.network_rows import network_rows, OWN_CHANNELS
from factory_perception.motion.ridge import fit_ridge
from factory_perception.training.datasets.series import SeriesData
from factory_perception.training.motion_segments import (
    ahead_of,
    joints_of,
    read_segments,
    Segment,
    windows_of,
)
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import ForecastSettings

Array = NDArray[np.float64]
#: No channel counts for more than this many times its usual spread among the joints.
_LEAST_SPREAD = 0.1


@dataclass(frozen=True)
class Frame:
    """What is fixed about a forecaster before it learns.

    Attributes:
        joints: names of the joints.
        step_s: time between two rows.
        horizons_s: float64 ``(H,)``.
        lags: rows that the linear rival looks at.
        effort_mean: float64 ``(J,)``, 0 where no effort was recorded.
        mean: float64 ``(C, J)`` of the network's channels.
        spread: float64 ``(C, J)``, positive.
        unit: float64 ``(H, J)``, usual errors of constant velocity, positive.
        ridge: float64 ``(H, J, lags)``.
    """

    joints: tuple[str, ...]
    step_s: float
    horizons_s: Array
    lags: int
    effort_mean: Array
    mean: Array
    spread: Array
    unit: Array
    ridge: Array

    @property
    def steps(self) -> tuple[int, ...]:
        """Give the horizons in rows."""
        return tuple(round(horizon / self.step_s) for horizon in self.horizons_s)


def open_segments(
    data: SeriesData, how: ForecastSettings, joints: Sequence[str] | None = None
) -> list[Segment]:
    """Read the segments of a set that can be learnt from or measured on.

    Raises:
        SettingsError: the settings or joints do not fit the data.
        DatasetError: a recording is broken.
    """
    horizons_s = np.array(how.horizons_ms) * 1e-3
    steps = horizons_s / (how.step_ms * 1e-3)
    if (np.diff(steps) <= 0).any() or (np.abs(steps - np.round(steps)) > 1e-6).any():
        raise SettingsError(
            f'forecast.horizons_ms {list(how.horizons_ms)} must rise and be whole multiples of '
            f'forecast.step_ms {how.step_ms:g}'
        )
    names = joints_of(data, how.joints) if joints is None else tuple(joints)
    least = how.lags + round(steps[-1]) + 1
    segments = read_segments(data, names, how.step_ms * 1e-3, horizons_s, least)
    if how.plan and any(segment.plan is None for segment in segments):
        raise SettingsError(
            f'forecast.plan is set, but {data.origin} holds no commands and no reference of every '
            'joint (columns such as elbow_target)'
        )
    return segments


def frame_of(data: SeriesData, segments: Sequence[Segment], how: ForecastSettings) -> Frame:
    """Measure what the data looks like, and fit the linear rival."""
    step_s, horizons_s = how.step_ms * 1e-3, np.array(how.horizons_ms) * 1e-3
    steps = [round(horizon / step_s) for horizon in horizons_s]
    effort = np.concatenate([one.rows[:, EFFORT] for one in segments])
    effort_mean = np.nansum(effort, axis=0) / np.maximum((~np.isnan(effort)).sum(axis=0), 1)
    rows = np.concatenate([_rows(one, step_s, effort_mean, how.plan) for one in segments])
    spread = rows.std(axis=0).astype(np.float64)
    ahead = [ahead_of(one, steps)[how.lags - 1 :] for one in segments]
    windows = [windows_of(one, how.lags)[: len(way)] for one, way in zip(segments, ahead)]
    steady = np.concatenate(
        [
            way - one[:, -1:, POSITION] - np.nan_to_num(one[:, -1:, VELOCITY]) * horizons_s[:, None]
            for one, way in zip(windows, ahead)
        ]
    )
    return Frame(
        joints_of(data, how.joints),
        step_s,
        horizons_s,
        how.lags,
        effort_mean,
        rows.mean(axis=0).astype(np.float64),
        _positive(spread),
        _positive(np.sqrt((steady**2).mean(axis=0))),
        fit_ridge(np.concatenate(windows), np.concatenate(ahead), step_s),
    )


def _positive(spread: Array) -> Array:
    """Let no joint's spread be far below that of the others, and none 0."""
    usual = np.median(spread, axis=1, keepdims=True)
    least = np.maximum(spread, _LEAST_SPREAD * usual)
    return np.where(least > 0, least, 1.0)


def _rows(
    segment: Segment, step_s: float, effort_mean: Array, planned: bool
) -> NDArray[np.float32]:
    plan = segment.plan[1:] if planned and segment.plan is not None else None
    return network_rows(segment.rows[1:], segment.rows[:-1], step_s, effort_mean, plan)


def rows_after(segment: Segment, frame: Frame, planned: bool) -> NDArray[np.float32]:
    """Give the rows of the network ``(T - lags + 1, C, J)``, once there are enough before."""
    return _rows(segment, frame.step_s, frame.effort_mean, planned)[frame.lags - 2 :]


class Windows:
    """Draws windows from segments, stretched in time and mirrored as the settings say."""

    def __init__(self, segments: Sequence[Segment], frame: Frame, how: ForecastSettings) -> None:
        self._segments, self._frame, self._how = segments, frame, how
        longest = max(len(one) for one in segments)
        self._ahead = max(frame.steps)
        wanted = round(how.window_s / frame.step_s)
        self._length = min(wanted, longest - self._ahead - 1)
        need = self._length + self._ahead + 1
        usable = [place for place, one in enumerate(segments) if len(one) >= need]
        sizes = np.array([len(segments[place]) - need + 1 for place in usable], np.float64)
        self._usable, self._shares = np.array(usable), sizes / sizes.sum()

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Give rows ``(W, C, J)`` and the positions that came ``(W, H, J)``."""
        segment = self._segments[int(rng.choice(self._usable, p=self._shares))]
        rows, plan = self._cut(segment, rng)
        if rng.random() < self._how.flip:
            mirror = self._frame.mean[[0]], self._frame.effort_mean
            rows = -rows
            rows[:, POSITION] += 2 * mirror[0]
            rows[:, EFFORT] += 2 * mirror[1]
            plan = None if plan is None else 2 * mirror[0] - plan
        taken = slice(1, self._length + 1)
        found = network_rows(
            rows[taken], rows[: self._length], self._frame.step_s, self._frame.effort_mean,
            None if plan is None else plan[taken],
        )  # fmt: skip
        position = rows[:, POSITION]
        came = [position[1 + step : 1 + step + self._length] for step in self._frame.steps]
        return found, np.stack(came, axis=1).astype(np.float32)

    def _cut(self, segment: Segment, rng: np.random.Generator) -> tuple[Array, Array | None]:
        """Give a stretch of rows and plan; slowed down, speeds are lower."""
        need = self._length + self._ahead + 1
        how = self._how
        slower = float(np.exp(rng.uniform(np.log(how.stretch_low), np.log(how.stretch_high))))
        slower = max(slower, need / (len(segment) - 1)) if how.stretch_high > 1 else 1.0
        if how.plan or slower == 1.0:
            start = int(rng.integers(len(segment) - need + 1))
            part = slice(start, start + need)
            plan = segment.plan[part] if how.plan and segment.plan is not None else None
            return segment.rows[part], plan
        at = rng.uniform(0, len(segment) - 1 - (need - 1) / slower) + np.arange(need) / slower
        before = np.minimum(at.astype(np.int64), len(segment) - 2)
        share = (at - before)[:, None, None]
        rows = segment.rows[before] * (1 - share) + segment.rows[before + 1] * share
        rows[:, VELOCITY] /= slower
        return rows, None


def rows_channels(how: ForecastSettings) -> int:
    """Give the number of channels of the network's input."""
    return OWN_CHANNELS + (1 + len(how.horizons_ms) if how.plan else 0)
