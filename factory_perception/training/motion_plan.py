"""What the controller of a recorded robot planned, as it was known at each moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.series import Commands, Recording

Array = NDArray[np.float64]
#: Channels that hold the reference of a joint.
_ENDINGS = ('.target', '_target', '.command', '_command')


def plan_of(
    recording: Recording, joints: Sequence[str], time_s: Array, horizons_s: Array
) -> Array | None:
    """Give planned positions ``(T, 1 + H, J)`` for now and every horizon; ``None`` without plan.

    Commands are followed as servos do: from where the joint is told to be, evenly to the target in
    the time given. A recorded reference goes on at its present speed.

    Args:
        recording: with commands, or channels such as ``elbow.target``.
        joints: whose plans.
        time_s: ``(T,)``, on the clock of the recording.
        horizons_s: ``(H,)``.
    """
    ahead_s = np.concatenate([[0.0], horizons_s])
    if recording.commands is not None and set(joints) <= set(recording.commands.names):
        parts = [_commanded(recording.commands, name, recording, time_s, ahead_s)
                 for name in joints]  # fmt: skip
        return np.stack(parts, axis=-1)
    channels = [
        next((recording.channels[name + end] for end in _ENDINGS if name + end in
              recording.channels), None) for name in joints
    ]  # fmt: skip
    known = [channel for channel in channels if channel is not None]
    if len(known) < len(joints):
        return None
    return np.stack([_followed(recording, one, time_s, ahead_s) for one in known], axis=-1)


def _commanded(
    commands: Commands, joint: str, recording: Recording, time_s: Array, ahead_s: Array
) -> Array:
    """Give the plan of one joint ``(T, 1 + H)`` out of targets and durations."""
    column = commands.names.index(joint)
    told = np.isfinite(commands.position[:, column])
    sent, target = commands.time_s[told], commands.position[told, column]
    lasts = np.nan_to_num(commands.duration_s[told, column])
    table = recording.joints
    measured = table.position[:, table.names.index(joint)]
    known = np.isfinite(measured)
    here = np.interp(time_s, table.time_s[known], measured[known])
    if not len(sent):
        return np.repeat(here[:, None], len(ahead_s), axis=1)
    # A move begins where the one before would have ended, or was when it was cut short.
    start = np.empty(len(sent))
    start[0] = np.interp(sent[0], table.time_s[known], measured[known])
    for at in range(1, len(sent)):
        share = min((sent[at] - sent[at - 1]) / max(lasts[at - 1], 1e-3), 1.0)
        start[at] = start[at - 1] + share * (target[at - 1] - start[at - 1])
    last = np.searchsorted(sent, time_s, side='right') - 1
    chosen = np.maximum(last, 0)
    since = time_s[:, None] + ahead_s - sent[chosen][:, None]
    share = np.clip(since / np.maximum(lasts[chosen], 1e-3)[:, None], 0.0, 1.0)
    plan = start[chosen][:, None] + share * (target[chosen] - start[chosen])[:, None]
    return np.where((last < 0)[:, None], here[:, None], plan)


def _followed(recording: Recording, values: Array, time_s: Array, ahead_s: Array) -> Array:
    """Give the plan of one joint out of the reference that its controller published."""
    own_s = recording.joints.time_s
    speed = np.diff(values, prepend=values[:1]) / np.diff(own_s, prepend=own_s[0] - 1.0)
    now = np.interp(time_s, own_s, values)
    # The last sample that was there, not the mean with one that came later.
    at = np.clip(np.searchsorted(own_s, time_s, side='right') - 1, 0, len(own_s) - 1)
    return now[:, None] + np.nan_to_num(speed[at])[:, None] * ahead_s
