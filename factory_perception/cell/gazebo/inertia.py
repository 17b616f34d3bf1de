"""Masses and inertias of the arm's links as a physics engine needs them."""

from __future__ import annotations

import numpy as np

from factory_perception.cell.arm_config import ArmConfig, LinkConfig
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.dynamics import cylinder_inertia
from factory_perception.cell.gazebo.xml import element, Node


def rotor_inertia(axis: Matrix, rotor_kgm2: float) -> Matrix:
    """Give the inertia (3, 3) of a rotor, seen through its gear, as a thin disc on its axis.

    Neither URDF nor SDF 1.9 knows the inertia of a drive. Without it the wrist would be a hundred
    times lighter than the drives' gains are made for. A thin disc has half of it across.
    """
    return rotor_kgm2 / 2 * (np.eye(3) + np.outer(axis, axis))


def link_inertias(arm: ArmConfig) -> tuple[Matrix, ...]:
    """Give the inertia (3, 3) of every link about its middle, that of its rotor in it."""
    base, *moving = (cylinder_inertia(link) for link in arm.links)
    rotors = (
        rotor_inertia(np.array(joint.axis), drive.rotor_kgm2)
        for joint, drive in zip(arm.joints, arm.drives)
    )
    return (base, *(body + rotor for body, rotor in zip(moving, rotors)))


def inertia_numbers(inertia: Matrix) -> dict[str, float]:
    """Name the six numbers of an inertia as URDF and SDF do."""
    names = ('ixx', 'ixy', 'ixz', 'iyy', 'iyz', 'izz')
    return dict(zip(names, inertia[np.triu_indices(3)].tolist()))


def sdf_inertial(link: LinkConfig, inertia: Matrix) -> Node:
    """Give the inertial block of a link in SDF."""
    numbers = (element(name, value) for name, value in inertia_numbers(inertia).items())
    return element(
        'inertial',
        element('pose', (0, 0, link.length_m / 2, 0, 0, 0)),
        element('mass', link.mass_kg),
        element('inertia', *numbers),
    )
