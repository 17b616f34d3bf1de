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
from factory_perception.cell.dynamics import ArmModel, inverse_dynamics, mass_matrix

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

    def parts(payload: float) -> tuple[Matrix, Matrix, Matrix]:
        return (
            inverse_dynamics(model, q, dq, ddq, payload, gravity=0.0),
            inverse_dynamics(model, q, 0.0, dq, payload, gravity=0.0),
            inverse_dynamics(model, q, 0.0, 0.0, payload),
        )

    motion, start, gravity = parts(0.0)
    motion_kg, start_kg, gravity_kg = parts(1.0)
    inertia = _inertia(model, q, 0.0)
    return Loads(
        motion,
        start,
        gravity,
        inertia,
        motion_kg - motion,
        start_kg - start,
        gravity_kg - gravity,
        _inertia(model, q, 1.0) - inertia,
    )


def _inertia(model: ArmModel, q: Matrix, payload: float) -> Matrix:
    picked = np.append(np.arange(0, len(q), _SPARSE), len(q) - 1)
    sparse = np.diagonal(mass_matrix(model, q[picked], payload), axis1=-2, axis2=-1)
    columns = [np.interp(np.arange(len(q)), picked, column) for column in sparse.T]
    return np.stack(columns, -1)
