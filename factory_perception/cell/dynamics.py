"""The torques that move the arm: the recursive Newton-Euler algorithm, over many moments at once.

Luh, Walker and Paul, On-line computational scheme for mechanical manipulators, 1980; in the link
frames as in Featherstone, Rigid Body Dynamics Algorithms, 2008, chapter 5. The base stands still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from factory_perception.cell.arm_config import ArmConfig, LinkConfig
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.kinematics import Chain, chain_of, forward, joint_turns

GRAVITY = 9.81


@dataclass(frozen=True)
class ArmModel:
    """Geometry and masses of the arm.

    ``masses`` (n,), ``centres`` (n, 3) and ``inertias`` (n, 3, 3) about the centres, in the frames
    of the moving links; ``payload`` (3,) is where a held part is, as a point, in the last link.
    """

    chain: Chain
    masses: Matrix
    centres: Matrix
    inertias: Matrix
    payload: Matrix


def cylinder_inertia(link: LinkConfig) -> Matrix:
    """Give the inertia (3, 3) of a solid cylinder along z about its middle."""
    across = link.mass_kg * (3 * link.radius_m**2 + link.length_m**2) / 12
    return np.diag([across, across, link.mass_kg * link.radius_m**2 / 2])


def model_of(arm: ArmConfig) -> ArmModel:
    """Make the model that the cell configuration describes."""
    links = arm.links[1:]
    return ArmModel(
        chain_of(arm),
        np.array([link.mass_kg for link in links]),
        np.array([(0.0, 0.0, link.length_m / 2) for link in links]),
        np.array([cylinder_inertia(link) for link in links]),
        np.array(arm.payload_xyz_m),
    )


def inverse_dynamics(
    model: ArmModel,
    q: ArrayLike,
    dq: ArrayLike,
    ddq: ArrayLike,
    payload_kg: ArrayLike = 0.0,
    gravity: ArrayLike = GRAVITY,
) -> Matrix:
    """Give the joint torques (..., n) for a motion; friction and rotors are not in them.

    Args:
        model: the arm.
        q: positions (..., n) in rad.
        dq: velocities of the same shape, or one that broadcasts to it.
        ddq: accelerations likewise.
        payload_kg: held mass, a number or (...).
        gravity: along -z of the world in m/s2, a number or (...).
    """
    turns = joint_turns(model.chain, q)
    q, dq, ddq = np.broadcast_arrays(*(np.asarray(a, np.float64) for a in (q, dq, ddq)))
    held = np.broadcast_to(np.asarray(payload_kg, np.float64), q.shape[:-1])[..., None]
    fall = np.broadcast_to(np.asarray(gravity, np.float64), q.shape[:-1])[..., None]
    forces, moments = _outward(model, turns, dq, ddq, held, fall)
    return _inward(model, turns, forces, moments)


def _outward(
    model: ArmModel, turns: Matrix, dq: Matrix, ddq: Matrix, held: Matrix, fall: Matrix
) -> tuple[list[Matrix], list[Matrix]]:
    """Give force and moment about the frame's origin that each link needs, in its own frame."""
    shape = (*dq.shape[:-1], 3)
    spin, gain = np.zeros(shape), np.zeros(shape)
    rise = fall * (model.chain.base_rotation.T @ (0.0, 0.0, 1.0))
    forces, moments = [], []
    for index in range(dq.shape[-1]):
        back = turns[..., index, :, :].swapaxes(-1, -2)
        axis, origin = model.chain.axes[index], model.chain.origins[index]
        rise = _turn(back, rise + _swing(spin, gain, origin))
        spin, gain = _turn(back, spin), _turn(back, gain)
        rate = dq[..., index, None] * axis
        gain = gain + _cross(spin, rate) + ddq[..., index, None] * axis
        spin = spin + rate
        centre, inertia = model.centres[index], model.inertias[index]
        force = model.masses[index] * (rise + _swing(spin, gain, centre))
        moment = gain @ inertia + _cross(spin, spin @ inertia) + _cross(centre, force)
        if index == dq.shape[-1] - 1:
            lift = held * (rise + _swing(spin, gain, model.payload))
            force, moment = force + lift, moment + _cross(model.payload, lift)
        forces.append(force)
        moments.append(moment)
    return forces, moments


def _inward(model: ArmModel, turns: Matrix, forces: list[Matrix], moments: list[Matrix]) -> Matrix:
    """Sum forces and moments from the tip to the base; give their part about each axis."""
    torques = []
    force, moment = np.zeros_like(forces[0]), np.zeros_like(forces[0])
    for index in reversed(range(len(forces))):
        force, moment = force + forces[index], moment + moments[index]
        torques.append(moment @ model.chain.axes[index])
        turn = turns[..., index, :, :]
        force, moment = _turn(turn, force), _turn(turn, moment)
        moment = moment + _cross(model.chain.origins[index], force)
    return np.stack(torques[::-1], -1)


def _turn(rotation: Matrix, vector: Matrix) -> Matrix:
    return (rotation @ vector[..., None])[..., 0]


def _cross(first: Matrix, second: Matrix) -> Matrix:
    """Give the cross product over the last axis; np.cross takes thrice the time for the same."""
    ax, ay, az = first[..., 0], first[..., 1], first[..., 2]
    bx, by, bz = second[..., 0], second[..., 1], second[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)


def _swing(spin: Matrix, gain: Matrix, arm: Matrix) -> Matrix:
    """Give the acceleration of a point fixed in a body, relative to the body's origin."""
    return _cross(gain, arm) + _cross(spin, _cross(spin, arm))


def mass_matrix(model: ArmModel, q: ArrayLike, payload_kg: ArrayLike = 0.0) -> Matrix:
    """Give the joint-space inertia (..., n, n), one unit acceleration after the other."""
    q = np.asarray(q, np.float64)
    columns = [
        inverse_dynamics(model, q, 0.0, unit, payload_kg, gravity=0.0)
        for unit in np.eye(q.shape[-1])
    ]
    return np.stack(columns, -1)


def own_inertia(model: ArmModel, q: ArrayLike) -> tuple[Matrix, Matrix]:
    """Give the diagonal (..., n) of the joint-space inertia, and that of a kilogram held.

    For each axis the bodies behind it are taken as one (Walker and Orin, Efficient dynamic computer
    simulation of robotic mechanisms, 1982).
    """
    rotations, positions = forward(model.chain, q)
    axes = np.einsum('...nij,nj->...ni', rotations, model.chain.axes)
    centres = positions + np.einsum('...nij,nj->...ni', rotations, model.centres)
    turned = axes[..., None, :, :] @ rotations  # (..., m, n, 3): axis n in the frame of link m
    spin = ((turned @ model.inertias) * turned).sum(-1).swapaxes(-1, -2)
    way = _cross(axes[..., :, None, :], centres[..., None, :, :] - positions[..., :, None, :])
    bodies = spin + model.masses * (way * way).sum(-1)
    held = positions[..., -1, :] + rotations[..., -1, :, :] @ model.payload
    lever = _cross(axes, held[..., None, :] - positions)
    behind = np.triu(np.ones(bodies.shape[-2:]))
    return (bodies * behind).sum(-1), (lever * lever).sum(-1)
