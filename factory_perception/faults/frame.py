"""A few samples of all joints, summed up: what every later step of the diagnosis works on.

Samples come in blocks of some tens of milliseconds at a fixed step. All arrays have the joints
last; ``...`` stands for nothing, or for many robots at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Length of a block. Short enough for a quick answer, long enough for one wave of a rattle.
BLOCK_S = 0.04


@dataclass(frozen=True)
class Block:
    """Samples ``(..., n, J)`` at a fixed step: rad, rad/s, Nm or A. NaN is what is missing.

    ``reference`` is where the controller wanted the joints to be, None where nobody tells.
    """

    position: Array
    velocity: Array
    effort: Array
    reference: Array | None = None
    #: bool ``(n,)``: rows for which a sample came; the others are made up. None for all.
    sent: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Frame:
    """One block summed up, ``(..., J)`` each.

    Attributes:
        position: mean, rad. Where all samples are missing, the last that there was.
        velocity: mean, rad/s.
        acceleration: slope of the velocity, rad/s^2.
        effort: mean, Nm or A; NaN where the robot gives none.
        missing: share of the samples that came without a position.
        frozen: share of steps in which the position did not change by one count.
        slip: rad that the position went beyond what the velocity says.
        jolt: greatest change of velocity from sample to sample, rad/s^2.
        velocity_ripple: rms of the velocity round a straight line, rad/s.
        effort_ripple: the same of the effort, Nm or A.
        unloaded: share of samples with an effort of exactly 0.
        tracking: mean of position minus reference, rad; NaN without a reference.
    """

    position: Array
    velocity: Array
    acceleration: Array
    effort: Array
    missing: Array
    frozen: Array
    slip: Array
    jolt: Array
    velocity_ripple: Array
    effort_ripple: Array
    unloaded: Array
    tracking: Array


class FrameMaker:
    """Makes one frame of each block; remembers the end of the block before."""

    def __init__(self, step_s: float, length: int) -> None:
        """Prepare for blocks of ``length`` samples that are ``step_s`` apart."""
        self._step = step_s
        self._time = (np.arange(length) - (length - 1) / 2) * step_s
        self._moment = float((self._time**2).sum())
        self._last: tuple[Array, Array] | None = None
        self._held: Array | None = None
        self._last_sent = False

    def reset(self) -> None:
        """Forget the block before: after a gap or a jump of the clock."""
        self._last = None
        self._last_sent = False

    def make(self, block: Block) -> Frame:
        """Sum up the next block."""
        position, known = block.position, np.isfinite(block.position)
        velocity = self._velocity(block)
        before = (position[..., 0, :], velocity[..., 0, :]) if self._last is None else self._last
        self._last = (position[..., -1, :], velocity[..., -1, :])
        steps = np.diff(np.concatenate([before[0][..., None, :], position], axis=-2), axis=-2)
        speeds = np.concatenate([before[1][..., None, :], velocity], axis=-2)
        changes = np.diff(speeds, axis=-2)
        sent = np.ones(position.shape[-2], bool) if block.sent is None else block.sent
        # Only two samples in a row say something about counts, slips and jolts.
        pair = (sent & np.concatenate([[self._last_sent], sent[:-1]]))[:, None]
        self._last_sent = bool(sent[-1])
        said = (speeds[..., 1:, :] + speeds[..., :-1, :]) * (self._step / 2)
        slope, velocity_ripple = self._line(velocity)
        effort_known = np.isfinite(block.effort)
        _, effort_ripple = self._line(block.effort)
        return Frame(
            self._hold(_mean(position, known)),
            _mean(velocity, np.isfinite(velocity), 0.0),
            slope,
            _mean(block.effort, effort_known),
            (sent[:, None] & ~known).sum(axis=-2) / max(int(sent.sum()), 1),
            ((steps == 0.0) & pair).mean(axis=-2),
            np.nansum(np.where(pair, steps - said, 0.0), axis=-2),
            np.where(pair, np.nan_to_num(np.abs(changes)), 0.0).max(axis=-2) / self._step,
            velocity_ripple,
            effort_ripple,
            (block.effort == 0.0).mean(axis=-2),
            self._tracking(block),
        )

    def _velocity(self, block: Block) -> Array:
        """Give the measured velocity; from the positions where a joint has none at all."""
        absent = np.asarray(
            ~np.isfinite(block.velocity).any(axis=-2) & np.isfinite(block.position).any(axis=-2)
        )
        if not absent.any():
            return block.velocity
        first = block.position[..., :1, :]
        before = first if self._last is None else self._last[0][..., None, :]
        made = np.diff(np.concatenate([before, block.position], axis=-2), axis=-2) / self._step
        return np.where(absent[..., None, :], made, block.velocity)

    def _line(self, values: Array) -> tuple[Array, Array]:
        """Give the slope of a straight line through the block and the rms round it."""
        known = np.asarray(np.isfinite(values).all(axis=-2))
        filled = np.where(known[..., None, :], values, 0.0)
        time = self._time[:, None]
        if not self._moment:
            return np.zeros_like(filled[..., 0, :]), np.zeros_like(filled[..., 0, :])
        slope = (filled * time).sum(axis=-2) / self._moment
        rest = filled - filled.mean(axis=-2, keepdims=True) - slope[..., None, :] * time
        return slope, np.sqrt((rest * rest).mean(axis=-2))

    def _hold(self, position: Array) -> Array:
        if self._held is not None:
            position = np.where(np.isfinite(position), position, self._held)
        self._held = position = np.nan_to_num(position)
        return position

    def _tracking(self, block: Block) -> Array:
        if block.reference is None:
            return np.full_like(block.position[..., 0, :], np.nan)
        error = block.position - block.reference
        return _mean(error, np.isfinite(error))


def _mean(values: Array, known: NDArray[np.bool_], otherwise: float = np.nan) -> Array:
    count = known.sum(axis=-2)
    total = np.where(known, values, 0.0).sum(axis=-2)
    return np.where(count > 0, total / np.maximum(count, 1), otherwise)
