"""What the trees and the recurrent network look at: one row a joint, with the others in view."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults import changes, following
from factory_perception.faults.calibration import Calibration
from factory_perception.faults.frame import Array
from factory_perception.faults.marks import MARKS
from factory_perception.faults.observer import Observation
from factory_perception.faults.trends import SPANS_S

Rows = NDArray[np.float32]
_SHOWN = [MARKS.index(name) for name in ('effort', 'tracking')]
_FROZEN = MARKS.index('frozen')
#: Spans over which each joint sees the residuals of the others.
_SPANS = [0, 1, 2]


def tree_rows(seen: Observation) -> Rows:
    """Give the rows ``(..., J, F)`` of the trees.

    Own trends and marks, own velocity and acceleration, own changes or how the joint follows its
    reference; residuals of all joints over three spans, which joints stand still, where the arm is;
    and which joint it is.
    """
    frame, trends = seen.frame, seen.trends
    own = [
        trends.reshape(*trends.shape[:-2], -1),
        seen.marks,
        frame.velocity[..., None],
        frame.acceleration[..., None],
        seen.behaviour,
    ]
    others = trends[..., _SHOWN, :][..., _SPANS]
    shared = [
        others.reshape(*others.shape[:-3], -1),
        trends[..., _FROZEN, 1],
        np.sin(frame.position),
        np.cos(frame.position),
    ]
    return _rows(own, shared, frame.position.shape[-1])


def recurrent_rows(seen: Observation) -> Rows:
    """Give the rows ``(..., J, F)`` of the recurrent network, which finds short trends by itself.

    Large marks are compressed: their size matters less than that they are large.
    """
    frame, small = seen.frame, _compressed(seen.marks)
    own = [
        small,
        frame.velocity[..., None],
        frame.acceleration[..., None] / 10.0,
        _compressed(seen.behaviour),
    ]
    shown = small[..., _SHOWN]
    shared = [
        shown.reshape(*shown.shape[:-2], -1),
        np.sin(frame.position),
        np.cos(frame.position),
        frame.velocity,
        frame.acceleration / 10.0,
    ]
    return _rows(own, shared, frame.position.shape[-1])


def strangeness_rows(seen: Observation) -> Array:
    """Give the rows ``(..., J, F)`` in which unlike faults lie apart."""
    rows = seen.trends.reshape(*seen.trends.shape[:-2], -1)
    return np.asarray(_compressed(rows), np.float64)


def _compressed(values: Array) -> Array:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def _rows(own: list[Array], shared: list[Array], joints: int) -> Rows:
    mine = np.concatenate(own, axis=-1)
    others = np.concatenate(shared, axis=-1)[..., None, :]
    others = np.broadcast_to(others, (*mine.shape[:-1], others.shape[-1]))
    which = np.broadcast_to(np.eye(joints), (*mine.shape[:-1], joints))
    rows = np.concatenate([mine, others, which], axis=-1)
    return np.nan_to_num(rows).astype(np.float32)


def row_widths(calibration: Calibration) -> tuple[int, int]:
    """Give the number of columns of the trees' and of the network's rows."""
    joints, loaded = len(calibration.joints), calibration.model.load is not None
    marks = len(calibration.model.names)
    more = changes.COUNT if loaded else following.COUNT
    tree = marks * (len(SPANS_S) + 1) + 2 + more + joints * (len(_SHOWN) * len(_SPANS) + 3 + 1)
    shown = len(_SHOWN) + 4
    return tree, marks + 2 + more + joints * (shown + 1)
