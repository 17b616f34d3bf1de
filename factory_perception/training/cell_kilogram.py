"""What a kilogram at the tool of the embedded cell's arm asks of its joints, as regressions."""

from __future__ import annotations

import numpy as np

from factory_perception.cell.config import CellConfig
from factory_perception.cell.drive_model import drive_model
from factory_perception.cell.dynamics import inverse_dynamics, model_of
from factory_perception.faults.effort_model import EffortModel, fit_effort_model
from factory_perception.faults.frame import Frame

#: Moments that are fitted: the terms are fewer than two hundred.
_MOMENTS = 20_000


def kilogram_of(
    config: CellConfig, frames: Frame, seed: int = 0
) -> tuple[EffortModel, EffortModel]:
    """Fit effort (Nm or A a kilogram) and tracking error (rad a kilogram) to healthy motion.

    A proportional controller gives way by torque over stiffness; what its derivative part adds is
    small while the arm follows its plan.
    """
    joints = frames.position.shape[-1]
    motion = [
        part.reshape(-1, joints) for part in (frames.position, frames.velocity, frames.acceleration)
    ]
    complete = np.flatnonzero(np.all([np.isfinite(part).all(axis=1) for part in motion], axis=0))
    drawn = np.random.default_rng(seed).choice(complete, _MOMENTS)
    q, dq, ddq = (part[drawn] for part in motion)
    model, drives = model_of(config.arm), drive_model(config.arm)
    torque = inverse_dynamics(model, q, dq, ddq, 1.0) - inverse_dynamics(model, q, dq, ddq)
    unit = drives.amps_per_nm if config.arm.effort_unit == 'A' else 1.0
    return (
        fit_effort_model(q, dq, ddq, torque * unit),
        fit_effort_model(q, dq, ddq, -torque / drives.kp),
    )
