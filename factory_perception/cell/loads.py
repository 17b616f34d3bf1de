"""The torques of a planned motion, in parts that stay right when the motion is slowed or stopped.

With the plan run at a rate r (and its change r'), velocity is r times and acceleration r squared
times the plan's, plus r' times its velocity. So torque = r^2 A + r' B + G, with A the inertial and
Coriolis part, B the inertia times the planned velocity, and G gravity. A held part adds its own
three, times its mass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.dynamics import ArmModel, GRAVITY, inverse_dynamics, own_inertia

#: Inertia changes slowly: it is worked out at every so many samples.
_SPARSE = 3


@dataclass(frozen=True)
class Loads:
    """Torque parts (T, n) of the arm alone, and the same for one kilogram in the gripper.

    ``inertia`` and ``inertia_kg`` are the diagonal of the joint-space inertia.
    """

    motion: Matrix
    start: Matrix
    gravity: Matrix
    inertia: Matrix
    motion_kg: Matrix
    start_kg: Matrix
    gravity_kg: Matrix
    inertia_kg: Matrix

    def torque(self, rate: Matrix, change: Matrix, payload_kg: Matrix) -> Matrix:
        """Give the torque (T, n) for a rate, its change and a held mass, each (T, 1)."""
        arm = rate * rate * self.motion + change * self.start + self.gravity
        held = rate * rate * self.motion_kg + change * self.start_kg + self.gravity_kg
        return arm + payload_kg * held


def plan_loads(model: ArmModel, q: Matrix, dq: Matrix, ddq: Matrix) -> Loads:
    """Work out the loads of a motion, each argument (T, n)."""
    # All six parts at once: without gravity, then without speed, then at rest; empty and held.
    still = np.zeros_like(q)
    speed, rise = np.stack([dq, still, still]), np.stack([ddq, dq, still])
    fall = np.array([0.0, 0.0, GRAVITY])[:, None]
    mass = np.array([0.0, 1.0])[:, None, None]
    both = np.broadcast_to(rise, (2, *rise.shape))
    bare, held = inverse_dynamics(model, q, speed, both, mass, fall)
    inertia, inertia_kg = _inertia(model, q)
    more = held - bare
    return Loads(
        bare[0],
        bare[1],
        bare[2],
        inertia,
        more[0],
        more[1],
        more[2],
        inertia_kg,
    )


def _inertia(model: ArmModel, q: Matrix) -> tuple[Matrix, Matrix]:
    picked = np.append(np.arange(0, len(q), _SPARSE), len(q) - 1)
    place = np.arange(len(q))

    def between(sparse: Matrix) -> Matrix:
        return np.stack([np.interp(place, picked, column) for column in sparse.T], -1)

    arm, held = own_inertia(model, q[picked])
    return between(arm), between(held)
