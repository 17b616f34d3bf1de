"""What the trees and the recurrent network look at: one row a joint, with the others in view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.marks import MARKS
from factory_perception.faults.trends import SPANS_S

Rows = NDArray[np.float32]
_SHOWN = [MARKS.index(name) for name in ('effort', 'tracking')]
_FROZEN = MARKS.index('frozen')
#: Spans over which each joint sees the residuals of the others.
_SPANS = [0, 1, 2]


def tree_rows(frame: Frame, marks: Array, trends: Array) -> Rows:
    """Give the rows ``(..., J, F)`` of the trees.

    Own trends and marks, own velocity and acceleration; residuals of all joints over three spans,
    which joints stand still, where the arm is; and which joint it is.

    Args:
        frame: ``(..., J)``.
        marks: ``(..., J, C)``.
        trends: ``(..., J, C, S)``.
    """
    joints = frame.position.shape[-1]
    own = [
        trends.reshape(*trends.shape[:-2], -1),
        marks,
        frame.velocity[..., None],
        frame.acceleration[..., None],
    ]
    seen = trends[..., _SHOWN, :][..., _SPANS]
    shared = [
        seen.reshape(*seen.shape[:-3], -1),
        trends[..., _FROZEN, 1],
        np.sin(frame.position),
        np.cos(frame.position),
    ]
    return _rows(own, shared, joints)


def recurrent_rows(frame: Frame, marks: Array) -> Rows:
    """Give the rows ``(..., J, F)`` of the recurrent network, which finds trends by itself.

    Large marks are compressed: their size matters less than that they are large.
    """
    small = np.sign(marks) * np.log1p(np.abs(marks))
    own = [small, frame.velocity[..., None], frame.acceleration[..., None] / 10.0]
    shown = small[..., _SHOWN]
    shared = [
        shown.reshape(*shown.shape[:-2], -1),
        np.sin(frame.position),
        np.cos(frame.position),
    ]
    return _rows(own, shared, frame.position.shape[-1])


def strangeness_rows(trends: Array) -> Array:
    """Give the rows ``(..., J, C * S)`` in which unlike faults lie apart."""
    rows = trends.reshape(*trends.shape[:-2], -1)
    return np.asarray(np.sign(rows) * np.log1p(np.abs(rows)), np.float64)


def _rows(own: list[Array], shared: list[Array], joints: int) -> Rows:
    mine = np.concatenate(own, axis=-1)
    others = np.concatenate(shared, axis=-1)[..., None, :]
    others = np.broadcast_to(others, (*mine.shape[:-1], others.shape[-1]))
    which = np.broadcast_to(np.eye(joints), (*mine.shape[:-1], joints))
    rows = np.concatenate([mine, others, which], axis=-1)
    return np.nan_to_num(rows).astype(np.float32)


def row_widths(joints: int) -> tuple[int, int]:
    """Give the number of columns of the trees' and of the network's rows."""
    marks, spans = len(MARKS), len(SPANS_S)
    tree = marks * spans + marks + 2 + joints * (len(_SHOWN) * len(_SPANS) + 3) + joints
    return tree, marks + 2 + joints * (len(_SHOWN) + 2) + joints
