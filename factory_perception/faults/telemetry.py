"""Slow joint data (a row a second) as rows of features: for events, and for joints that grow hot.

Frames of 40 ms need positions at tens of hertz. Logs of currents, speeds and temperatures come once
a second; what tells something is their course over the last seconds or minutes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.float32]
#: Time between rows, and how many are looked back on.
ROW_S = 1.0
HISTORY = 121
#: Channels of a joint, in the order of the arrays: rad, rad/s, Nm or A, degrees Celsius.
CHANNELS = ('position', 'velocity', 'effort', 'temperature')
_POSITION, _VELOCITY, _EFFORT, _TEMPERATURE = range(4)
#: What is looked at: the whole arm by speed and effort, or every joint by temperature.
VIEWS = ('arm', 'joint')
#: Rows of speed and effort that the arm is judged by; below this speed (rad/s) it stands.
_LAGS, _STANDS = 4, 0.02
#: Spans in rows over which a rise of temperature counts, and over which motion is summed up.
_RISES, _LOWEST, _MOTIONS = (2, 5, 10, 20, 30, 60, 120), (30, 60, 120), (5, 30, 120)


def filled(samples: Array) -> Array:
    """Give samples ``(T, C, J)`` with what is missing as it was last known; 0 before that."""
    known = np.isfinite(samples)
    place = np.where(known, np.arange(len(samples))[:, None, None], -1)
    place = np.maximum.accumulate(place, axis=0)
    last = np.take_along_axis(samples, np.maximum(place, 0), axis=0)
    return np.where(place >= 0, last, 0.0)


def histories(samples: Array) -> Array:
    """Give the last ``HISTORY`` rows of each row: ``(T, C, J, HISTORY)`` from ``(T, C, J)``.

    Before the first row all was as in it. The result is a view: nothing is copied.
    """
    before = np.repeat(samples[:1], HISTORY - 1, axis=0)
    whole = np.concatenate([before, samples])
    view: Array = np.lib.stride_tricks.sliding_window_view(whole, HISTORY, axis=0)
    return view


def telemetry_rows(history: Array, view: str) -> Rows:
    """Give rows ``(..., P, F)`` of histories ``(..., C, J, HISTORY)``, the newest last.

    P is 1 where the whole arm is looked at, else the number of joints.
    """
    rows = _arm_rows(history) if view == 'arm' else _joint_rows(history)
    return rows.astype(np.float32)


def row_width(view: str, joints: int) -> int:
    """Give the number of features of a row."""
    return telemetry_rows(np.zeros((len(CHANNELS), joints, HISTORY)), view).shape[-1]


def _arm_rows(history: Array) -> Array:
    """Give speed and effort of all joints over the last rows, and for how long the arm stands."""
    quick = history[..., [_VELOCITY, _EFFORT], :, -_LAGS:]
    flat = quick.reshape(*quick.shape[:-3], -1)
    moves = (np.abs(history[..., _VELOCITY, :, ::-1]) > _STANDS).any(axis=-2)
    stands = np.where(moves.any(axis=-1), moves.argmax(axis=-1), HISTORY)
    return np.concatenate([flat, stands[..., None]], axis=-1)[..., None, :]


def _joint_rows(history: Array) -> Array:
    """Give how far each joint has warmed, beside its motion and the others' warming.

    Absolute temperatures tell the time of day: only differences are looked at.
    """
    warm = history[..., _TEMPERATURE, :, :]
    now = warm[..., -1]
    rises = np.stack([now - warm[..., -1 - span] for span in _RISES], axis=-1)
    above = [now - warm[..., -span:].min(axis=-1) for span in _LOWEST]
    below = [now - warm[..., -span:].max(axis=-1) for span in _LOWEST]
    steps = np.abs(np.diff(history[..., _POSITION, :, :], axis=-1))
    motion = [steps[..., -span:].mean(axis=-1) for span in _MOTIONS]
    others = np.broadcast_to(np.median(rises, axis=-2, keepdims=True), rises.shape)
    return np.concatenate([rises, rises - others, np.stack(above + below + motion, -1)], axis=-1)
