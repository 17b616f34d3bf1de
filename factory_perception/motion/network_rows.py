"""What the forecasting network is given of each row of a joint history."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import EFFORT, POSITION, VELOCITY

#: Channels before those of the plan: position, velocity, difference to the row before, effort.
OWN_CHANNELS = 4
Array = NDArray[np.float64]


def network_rows(
    rows: Array, before: Array, step_s: float, effort_mean: Array, plan: Array | None
) -> NDArray[np.float32]:
    """Give the network's input ``(N, C, J)`` for N rows.

    The channels are position, velocity, the velocity that the last two positions tell, and effort;
    where there is a plan, how far it is ahead of the position now, and how far it goes on from
    there until each horizon.

    Args:
        rows: ``(N, 3, J)``; positions must be known.
        before: ``(N, 3, J)``, the rows before them.
        step_s: time between two rows.
        effort_mean: ``(J,)``, stands in where no effort is known.
        plan: ``(N, 1 + H, J)`` planned positions now and at every horizon, or ``None``.
    """
    position = rows[:, POSITION]
    channels = OWN_CHANNELS + (0 if plan is None else plan.shape[1])
    found = np.empty((len(rows), channels, rows.shape[2]), np.float32)
    found[:, 0] = position
    found[:, 1] = np.nan_to_num(rows[:, VELOCITY])
    found[:, 2] = (position - before[:, POSITION]) / step_s
    effort = rows[:, EFFORT]
    found[:, 3] = np.where(np.isnan(effort), effort_mean, effort)
    if plan is not None:
        found[:, OWN_CHANNELS] = plan[:, 0] - position
        found[:, OWN_CHANNELS + 1 :] = plan[:, 1:] - plan[:, :1]
    return found
