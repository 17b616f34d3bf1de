"""What the drives are made of: the numbers behind each joint, different from arm to arm."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from factory_perception.cell.arm_config import ArmConfig
from factory_perception.cell.arrays import Matrix

#: A controller's idea of friction turns with the velocity over this width.
FRICTION_RAD_S = 0.05


@dataclass(frozen=True)
class DriveModel:
    """What the drives are made of, (n,) or (B, n) each; see ``DriveConfig`` for the units."""

    rotor: Matrix
    stiffness: Matrix
    damping: Matrix
    kp: Matrix
    kd: Matrix
    limit: Matrix
    coulomb: Matrix
    viscous: Matrix
    amps_per_nm: Matrix
    thermal_k_w: Matrix
    thermal_j_k: Matrix
    winding_ohm: float
    stribeck_share: float
    stribeck_rad_s: float
    friction_per_k: float
    ambient_c: float
    resolution: float
    rate_hz: float


def drive_model(arm: ArmConfig) -> DriveModel:
    """Make the drives that the cell configuration describes."""
    drives, joints = arm.drives, arm.joints
    return DriveModel(
        np.array([drive.rotor_kgm2 for drive in drives]),
        np.array([drive.stiffness for drive in drives]),
        np.array([drive.gear_damping for drive in drives]),
        np.array([drive.kp for drive in drives]),
        np.array([drive.kd for drive in drives]),
        np.array([joint.effort_nm for joint in joints]),
        np.array([joint.friction_nm for joint in joints]),
        np.array([joint.damping for joint in joints]),
        np.array([1 / (drive.kt * drive.ratio) for drive in drives]),
        np.array([drive.thermal_k_w for drive in drives]),
        np.array([drive.thermal_j_k for drive in drives]),
        arm.winding_ohm,
        arm.stribeck_share,
        arm.stribeck_rad_s,
        arm.friction_per_k,
        arm.ambient_c,
        2 * np.pi / 2**arm.encoder_bits,
        arm.rate_hz,
    )


def foreseen_torque(model: DriveModel, dq: Matrix, ddq: Matrix) -> Matrix:
    """Give the torque (..., n) that a controller foresees for rotors and friction of a motion."""
    friction = model.coulomb * np.tanh(dq / FRICTION_RAD_S)
    return model.rotor * ddq + model.viscous * dq + friction


def built(model: DriveModel, rng: np.random.Generator) -> DriveModel:
    """Give one arm of the series: no two have the same friction and stiffness."""
    shape = model.rotor.shape
    return replace(
        model,
        coulomb=model.coulomb * rng.uniform(0.85, 1.15, shape),
        viscous=model.viscous * rng.uniform(0.85, 1.15, shape),
        stiffness=model.stiffness * rng.uniform(0.92, 1.08, shape),
        amps_per_nm=model.amps_per_nm * rng.uniform(0.98, 1.02, shape),
    )
