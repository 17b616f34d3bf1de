"""Marks: what a frame says about each joint, on scales on which healthy joints look alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.faults.effort_model import EffortModel, terms, TURN_RAD_S
from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.load_model import LoadModel

#: Marks of a frame, in the order of the last axis.
MARKS = (
    'effort',
    'friction',
    'gain',
    'size',
    'moving',
    'tracking',
    'tracking_friction',
    'slip',
    'jolt',
    'velocity_ripple',
    'effort_ripple',
    'missing',
    'frozen',
    'unloaded',
)
#: Further marks where it is known what a mass at the tool does: the mass from effort and from
#: tracking, the same on all joints, and what no mass explains.
LOAD_MARKS = ('held', 'untold', 'rest', 'rest_friction', 'rest_gain', 'lag', 'lag_friction')
#: Residuals beyond this say no more. Slips add up: a step in one frame must keep its size.
CLIP = 60.0
CLIP_SLIP = 2000.0
#: Ripple and jolt below this share of what is usual say nothing.
_FAINT = 0.05


@dataclass(frozen=True)
class Scales:
    """How large things are on a healthy robot, ``(J,)`` each; robust standard deviations."""

    effort: Array
    tracking: Array
    size: Array
    slip: Array
    jolt: Array
    velocity_ripple: Array
    effort_ripple: Array


@dataclass(frozen=True)
class MarkModel:
    """What turns frames into marks: models of effort and tracking error, and scales."""

    effort: EffortModel
    tracking: EffortModel
    scales: Scales
    load: LoadModel | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of the marks, in the order of the last axis."""
        return MARKS if self.load is None else MARKS + LOAD_MARKS

    def marks(self, frame: Frame) -> Array:
        """Give the marks ``(..., J, len(self.names))`` of a frame.

        Residuals are in robust standard deviations. What the robot does not tell (effort, a
        reference) leaves its marks at 0.
        """
        table = terms(frame.position, frame.velocity, frame.acceleration)
        expected = self.effort.of(table)
        size = np.clip(expected / self.scales.size, -5.0, 5.0)
        off = frame.effort - expected
        astray = frame.tracking - self.tracking.of(table)
        effort = _scaled(off, self.scales.effort)
        tracking = _scaled(astray, self.scales.tracking)
        way = np.tanh(frame.velocity / TURN_RAD_S)
        columns = [
            effort,
            effort * way,
            effort * size,
            size * size,
            np.abs(way),
            tracking,
            tracking * way,
            _scaled(frame.slip, self.scales.slip, CLIP_SLIP),
            _log(frame.jolt, self.scales.jolt),
            _log(frame.velocity_ripple, self.scales.velocity_ripple),
            _log(frame.effort_ripple, self.scales.effort_ripple),
            frame.missing,
            frame.frozen - frame.frozen.mean(axis=-1, keepdims=True),
            frame.unloaded,
        ]
        if self.load is not None:
            split = self.load.split(table, np.nan_to_num(off), np.nan_to_num(astray))
            held, untold, rest, lag = (np.clip(part, -CLIP, CLIP) for part in split)
            everywhere = np.zeros_like(rest)
            columns += [
                held + everywhere,
                untold + everywhere,
                rest,
                rest * way,
                rest * size,
                lag,
                lag * way,
            ]
        return np.nan_to_num(np.stack(columns, axis=-1))


def fit_scales(frames: Frame, effort: EffortModel, tracking: EffortModel) -> Scales:
    """Measure the scales on N healthy frames, ``(N, J)`` each."""
    motion = (frames.position, frames.velocity, frames.acceleration)
    expected = effort.effort(*motion)
    return Scales(
        robust_scale(frames.effort - expected),
        robust_scale(frames.tracking - tracking.effort(*motion)),
        robust_scale(expected),
        # Most steps of an encoder slip by less than a count: here the mean square says more.
        np.sqrt(np.nanmean(frames.slip**2, axis=0)) + 1e-12,
        robust_scale(frames.jolt),
        robust_scale(frames.velocity_ripple),
        robust_scale(frames.effort_ripple),
    )


def robust_scale(values: Array) -> Array:
    """Give 1.4826 times the median of the magnitude, column by column; 1 where nothing is known."""
    known = np.isfinite(values).any(axis=0)
    scale = np.ones(values.shape[1])
    if known.any():
        scale[known] = 1.4826 * np.nanmedian(np.abs(values[:, known]), axis=0)
    least = max(float(scale[known].max()) * 1e-3, 1e-12) if known.any() else 1.0
    return np.maximum(scale, least)


def _scaled(values: Array, scale: Array, clip: float = CLIP) -> Array:
    return np.clip(np.nan_to_num(values / scale, nan=0.0), -clip, clip)


def _log(values: Array, scale: Array) -> Array:
    return np.log(np.nan_to_num(values / scale) + _FAINT)
