"""Forecasts held against what came, beside forecasters that know nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import JointReader, POSITION, VELOCITY
from factory_perception.motion.joint_sample import RecordedSample
from factory_perception.motion.oddities import Oddities

#: Between samples further apart nobody knows where the joints were.
MAX_GAP_S = 0.1


@dataclass(frozen=True)
class Told:
    """N forecasts of the same joints at the same H horizons.

    Attributes:
        joints: their names.
        stamp_ns: int64 ``(N,)``, when they were made.
        ahead_s: float64 ``(N, H)``.
        position: float64 ``(N, H, J)``.
        band: lower and upper edge, float64 ``(2, N, H, J)``; ``None`` where none was told.
    """

    joints: tuple[str, ...]
    stamp_ns: NDArray[np.int64]
    ahead_s: NDArray[np.float64]
    position: NDArray[np.float64]
    band: NDArray[np.float64] | None = None


def hindsight(told: Told, samples: Sequence[RecordedSample]) -> dict[str, Any]:
    """Give root mean square errors and skill by horizon, ready for JSON.

    ``skill`` over a rival is the share of its error that was spared, 1 - ours / rival. Rivals are
    ``hold`` (nothing moves) and ``constant_velocity``. What came is taken linearly between two
    samples that are not further apart than ``MAX_GAP_S``.

    Raises:
        ValueError: no sample holds any of the joints.
    """
    time_s, rows, zero_ns = _rows(told.joints, samples)
    now_s = (told.stamp_ns - zero_ns).astype(np.float64) * 1e-9
    start = _at(time_s, rows[:, POSITION], now_s)  # (N, J)
    speed = np.nan_to_num(_at(time_s, _velocity(time_s, rows), now_s))
    figures: dict[str, Any] = {'forecasts': len(told.stamp_ns), 'horizons': {}}
    for place in range(told.ahead_s.shape[1]):
        ahead_s = told.ahead_s[:, place]
        came = _at(time_s, rows[:, POSITION], now_s + ahead_s)
        answers = {
            'ours': told.position[:, place],
            'hold': start,
            'constant_velocity': start + speed * ahead_s[:, None],
        }
        known = np.isfinite(came) & np.isfinite(start)
        name = f'{round(float(np.median(ahead_s)) * 1e3)}_ms'
        figures['horizons'][name] = _figures(answers, came, known)
        if told.band is not None and known.any():
            low, high = told.band[:, :, place]
            inside = (came >= low) & (came <= high)
            figures['horizons'][name]['coverage'] = float(inside[known].mean())
    return figures


def _figures(
    answers: dict[str, NDArray[np.float64]], came: NDArray[np.float64], known: NDArray[np.bool_]
) -> dict[str, Any]:
    if not known.any():
        return {'compared': 0}
    rmse = {
        name: float(np.sqrt(np.mean((answer - came)[known] ** 2)))
        for name, answer in answers.items()
    }
    ours = rmse['ours']
    skill = {name: 1 - ours / error for name, error in rmse.items() if name != 'ours' and error}
    return {'compared': int(known.any(axis=1).sum()), 'rmse': rmse, 'skill': skill}


def _rows(
    joints: tuple[str, ...], samples: Sequence[RecordedSample]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Give rising times ``(T,)`` in seconds, rows ``(T, 3, J)``, and the time of second 0."""
    reader = JointReader(joints, Oddities())
    found: dict[int, NDArray[np.float64]] = {}
    for sample, is_reference in samples:
        row = None
        if not is_reference:
            row = reader.read(sample.names, sample.position, sample.velocity, sample.effort)
        if row is not None:
            found[sample.time_ns] = row
    if not found:
        raise ValueError(f'no recorded joint state holds {", ".join(joints)}')
    stamps = np.array(sorted(found), np.int64)
    rows = np.stack([found[stamp] for stamp in stamps.tolist()])
    return (stamps - stamps[0]).astype(np.float64) * 1e-9, rows, int(stamps[0])


def _velocity(time_s: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give velocities ``(T, J)``; where none is published, the difference to the row before."""
    differences = np.zeros_like(rows[:, POSITION])
    differences[1:] = np.diff(rows[:, POSITION], axis=0) / np.diff(time_s)[:, None]
    return np.where(np.isfinite(rows[:, VELOCITY]), rows[:, VELOCITY], differences)


def _at(
    time_s: NDArray[np.float64], values: NDArray[np.float64], wanted_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give values ``(T, J)`` at some times ``(N, J)``; NaN where they are not known."""
    after = np.clip(np.searchsorted(time_s, wanted_s), 1, max(len(time_s) - 1, 1))
    before = after - 1
    if len(time_s) < 2:
        return np.full((len(wanted_s), values.shape[1]), np.nan)
    width = time_s[after] - time_s[before]
    share = (wanted_s - time_s[before]) / width
    found = values[before] + share[:, None] * (values[after] - values[before])
    # Stamps are whole nanoseconds, times are not quite: the first and the last sample count.
    found[(width > MAX_GAP_S) | (share < -1e-6) | (share > 1 + 1e-6)] = np.nan
    return found
