"""Forecasters that know nothing: what any learnt one must beat, and what stands in for it.

All take ``windows`` float ``(N, L, 3, J)``: N moments, the last L rows of a joint history each
(position, velocity, effort), and ``horizons_s`` ``(H,)``; all give positions ``(N, H, J)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import POSITION, VELOCITY

Array = NDArray[np.float64]


def hold(windows: Array, horizons_s: Array) -> Array:
    """Say that nothing moves."""
    last = windows[:, -1, POSITION]
    return np.repeat(last[:, None], len(horizons_s), axis=1)


def constant_velocity(windows: Array, horizons_s: Array) -> Array:
    """Say that everything goes on as it moves now; an unknown velocity is none."""
    velocity = np.nan_to_num(windows[:, -1, VELOCITY])
    return windows[:, -1, POSITION][:, None] + velocity[:, None] * horizons_s[:, None]


def reference(windows: Array, plan: Array) -> Array:
    """Say that the joints go as far as their controller plans to, from where they are.

    Args:
        windows: as above.
        plan: ``(N, 1 + H, J)``, the planned positions now and at every horizon, as known now.
    """
    return windows[:, -1, POSITION][:, None] + plan[:, 1:] - plan[:, :1]


NAIVE: dict[str, Callable[[Array, Array], Array]] = {
    'hold': hold,
    'constant_velocity': constant_velocity,
}
