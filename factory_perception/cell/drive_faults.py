"""What physical faults do to the drives and to what they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.faults import Fault, PHYSICAL_FAULTS

#: At severity 1: friction grows by these factors on top of itself.
FRICTION_GAIN = 3.0
VISCOUS_GAIN = 1.5
#: At severity 1: share of the torque limit with which an obstacle pushes back.
COLLISION_SHARE = 0.38
#: A collision lasts no longer: then the arm has pushed the obstacle aside.
COLLISION_S = 0.30
#: At severity 1: mass in the gripper that nobody told the controller of.
PAYLOAD_KG = 3.0
#: At severity 1: play of the gear, and the rattling torque of loose teeth over the torque limit.
PLAY_RAD = 3.0e-3
RATTLE_SHARE = 0.030
RATTLE_HZ = 31.0
#: Play goes away within this time before the fault is over.
_TIGHTEN_S = 0.5
#: At severity 1: how much too warm a drive gets, and how fast it does, and cools again.
EXCESS_K = 62.0
WARMING_S = 8.0
#: At severity 1: share of torque that is lost.
TORQUE_LOSS = 0.45
#: A joint that moves slower than this counts as standing.
SLOW_RAD_S = 0.03


@dataclass(frozen=True)
class DriveEffects:
    """Effects of faults at some moments, (T, n) each; ``payload_kg`` (T, 1), ``slip`` (T,).

    ``coulomb``, ``viscous`` and ``torque`` are factors; ``play`` is in rad; ``heating_k`` is where
    the excess of temperature goes to; ``push`` in Nm, against the motion; ``payload_kg`` is added
    to a held part; ``slip`` is how poor the grip is, 0 to 1. None stands for no effect.
    """

    coulomb: Matrix | None = None
    viscous: Matrix | None = None
    torque: Matrix | None = None
    play: Matrix | None = None
    heating_k: Matrix | None = None
    push: Matrix | None = None
    payload_kg: Matrix | None = None
    slip: Matrix | None = None


def effects_of(
    faults: Sequence[Fault],
    names: tuple[str, ...],
    time_s: Matrix,
    dq: Matrix,
    limit: Matrix,
) -> DriveEffects:
    """Give what faults do at the moments ``time_s`` (T,) of a motion with velocities ``dq`` (T, n).

    ``limit`` (n,) are the drives' torque limits.
    """
    levels: dict[str, Matrix] = {}
    for fault in faults:
        level = fault.level(time_s)
        if fault.kind == 'backlash':
            # Play that vanished at once would leave the gear wound up.
            level = level * np.clip((fault.end_s - time_s) / _TIGHTEN_S, 0.0, 1.0)
        if fault.kind in PHYSICAL_FAULTS and level.any():
            spread = levels.setdefault(fault.kind, np.zeros((len(time_s), len(names))))
            columns = [names.index(fault.joint)] if fault.joint else range(len(names))
            for column in columns:
                np.maximum(spread[:, column], level, out=spread[:, column])
    if not levels:
        return DriveEffects()

    def one(kind: str, change: float, base: float = 1.0) -> Matrix | None:
        return base + change * levels[kind] if kind in levels else None

    payload = one('payload_change', PAYLOAD_KG, 0.0)
    return DriveEffects(
        coulomb=one('friction_rise', FRICTION_GAIN),
        viscous=one('friction_rise', VISCOUS_GAIN),
        torque=one('torque_loss', -TORQUE_LOSS),
        play=one('backlash', PLAY_RAD, 0.0),
        heating_k=one('overheating', EXCESS_K, 0.0),
        push=_push(faults, names, levels, time_s, dq, limit),
        payload_kg=None if payload is None else payload[:, :1],
        slip=levels['grip_loss'][:, 0] if 'grip_loss' in levels else None,
    )


def _push(
    faults: Sequence[Fault],
    names: tuple[str, ...],
    levels: dict[str, Matrix],
    time_s: Matrix,
    dq: Matrix,
    limit: Matrix,
) -> Matrix | None:
    """Give the torque (T, n) of obstacles and of rattling gears against the motion."""
    if 'collision' not in levels and 'backlash' not in levels:
        return None
    push = np.zeros_like(dq)
    moving = np.tanh(dq / SLOW_RAD_S)
    for fault in faults:
        if fault.kind == 'collision':
            column = names.index(fault.joint)
            since = np.clip((time_s - fault.onset_s) / COLLISION_S, 0.0, 1.0)
            bump = np.sin(np.pi * since) * (fault.severity * COLLISION_SHARE)
            # Whatever the arm runs into is in the way it goes; at rest it is run into.
            way = np.where(moving[:, column] >= 0, 1.0, -1.0)
            push[:, column] += bump * limit[column] * way * (time_s < fault.end_s)
    if 'backlash' in levels:
        swing = np.sin(2 * np.pi * RATTLE_HZ * time_s)[:, None]
        push += levels['backlash'] * RATTLE_SHARE * limit * swing * np.abs(moving)
    return push
