"""The arm's part of ``config/cell.yaml``: links, joints, drives, controller and pick cycle."""

from __future__ import annotations

from dataclasses import dataclass, field

from factory_perception.cell.reader import CellConfigError, limits

Vector = tuple[float, float, float]
Range = tuple[float, float]


@dataclass(frozen=True)
class LinkConfig:
    """A solid cylinder along z of its own frame, standing on the frame's origin."""

    name: str
    mass_kg: float = field(metadata=limits(1e-3, 1e3, rising=True))
    radius_m: float = field(metadata=limits(1e-3, 1.0))
    length_m: float = field(metadata=limits(1e-3, 3.0))


@dataclass(frozen=True)
class JointConfig:
    """A revolute joint in URDF terms: origin in the parent link, axis in the joint's own frame."""

    name: str
    xyz_m: Vector
    axis: Vector
    lower_rad: float
    upper_rad: float
    velocity_rad_s: float = field(metadata=limits(1e-3, 100.0))
    effort_nm: float = field(metadata=limits(1e-3, 1e5))
    friction_nm: float = field(metadata=limits(0.0, 1e4))
    damping: float = field(metadata=limits(0.0, 1e4))
    rpy_rad: Vector = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if self.lower_rad >= self.upper_rad:
            raise CellConfigError(f'lower_rad of {self.name} is not below its upper_rad: swap them')
        if abs(sum(value * value for value in self.axis) - 1) > 1e-6:
            raise CellConfigError(f'axis of {self.name} is not of length 1: write a unit vector')


@dataclass(frozen=True)
class DriveConfig:
    """Motor, gear and controller of one joint, seen from the joint's side of the gear.

    ``rotor_kgm2`` is the rotor's inertia times ratio squared, ``kt`` is in newton metres per ampere
    at the motor, ``kp`` and ``kd`` make joint torque from the motor encoder's error.
    """

    rotor_kgm2: float = field(metadata=limits(1e-4, 1e3))
    ratio: float = field(metadata=limits(1.0, 1e4))
    stiffness: float = field(metadata=limits(1.0, 1e7))
    gear_damping: float = field(metadata=limits(0.0, 1e5))
    kt: float = field(metadata=limits(1e-4, 100.0))
    kp: float = field(metadata=limits(0.0, 1e6))
    kd: float = field(metadata=limits(0.0, 1e6))
    thermal_k_w: float = field(metadata=limits(0.0, 100.0))
    thermal_j_k: float = field(metadata=limits(1.0, 1e6))


@dataclass(frozen=True)
class ArmConfig:
    """The six-axis arm. ``links[0]`` is the base; ``links[i]`` hangs on ``joints[i - 1]``."""

    name: str
    base_xyz_m: Vector
    base_rpy_rad: Vector
    tool_xyz_m: Vector
    payload_xyz_m: Vector
    max_payload_kg: float = field(metadata=limits(0.0, 100.0))
    rate_hz: float = field(metadata=limits(10.0, 1000.0))
    effort_unit: str
    ambient_c: float = field(metadata=limits(-40.0, 80.0))
    links: tuple[LinkConfig, ...]
    joints: tuple[JointConfig, ...]
    drives: tuple[DriveConfig, ...]
    encoder_bits: int = field(metadata=limits(8, 32))
    stribeck_share: float = field(metadata=limits(0.0, 5.0))
    stribeck_rad_s: float = field(metadata=limits(1e-4, 10.0))
    friction_per_k: float = field(metadata=limits(0.0, 0.1))
    winding_ohm: float = field(metadata=limits(0.0, 100.0))

    def __post_init__(self) -> None:
        count = len(self.joints)
        if len(self.links) != count + 1 or len(self.drives) != count:
            raise CellConfigError(
                f'{count} joints need {count + 1} links and {count} drives, there are '
                f'{len(self.links)} and {len(self.drives)}: list the missing ones'
            )
        if self.effort_unit not in ('Nm', 'A'):
            raise CellConfigError(f'effort_unit is {self.effort_unit!r}: write Nm or A')

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Give the names of the joints from the base to the tool."""
        return tuple(joint.name for joint in self.joints)


@dataclass(frozen=True)
class CycleConfig:
    """The pick cycle: inspect, approach, pick, lift, place, return."""

    period_s: float = field(metadata=limits(2.0, 60.0))
    inspect_xyz_m: Vector
    pick_x_m: Range = field(metadata=limits(-100.0, 100.0, rising=True))
    lift_m: float = field(metadata=limits(0.01, 1.0))
    acceleration_rad_s2: float = field(metadata=limits(0.1, 100.0))
    programmed_payload_kg: float = field(metadata=limits(0.0, 100.0))
    grasp_s: float = field(metadata=limits(0.0, 10.0))
    release_s: float = field(metadata=limits(0.0, 10.0))
    speed: Range = field(metadata=limits(0.1, 1.0, rising=True))
    target_noise_m: float = field(metadata=limits(0.0, 0.1))
    pause_share: float = field(metadata=limits(0.0, 1.0))
    pause_s: Range = field(metadata=limits(0.0, 600.0, rising=True))
