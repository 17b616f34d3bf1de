"""Newton-Euler against energy: potential gradients, kinetic energy and the balance of power."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.dynamics import (
    cylinder_inertia,
    GRAVITY,
    inverse_dynamics,
    mass_matrix,
    model_of,
    own_inertia,
)
from factory_perception.cell.kinematics import forward


@pytest.fixture(scope='module')
def model(config):
    return model_of(config.arm)


def bodies(model, q, payload):
    """Give masses, places of their centres, rotations and inertias of all bodies."""
    rotations, positions = forward(model.chain, q)
    centres = positions + np.einsum('nij,nj->ni', rotations, model.centres)
    held = positions[-1] + rotations[-1] @ model.payload
    masses = np.append(model.masses, payload)
    inertias = np.concatenate([model.inertias, np.zeros((1, 3, 3))])
    return (
        masses,
        np.vstack([centres, held]),
        np.concatenate([rotations, rotations[-1:]]),
        inertias,
    )


def potential(model, q, payload):
    masses, centres, _, _ = bodies(model, q, payload)
    return GRAVITY * float(masses @ centres[:, 2])


def kinetic(model, q, dq, payload, step=1e-6):
    """Give the kinetic energy from finite differences of where the bodies are."""
    masses, _, turns, inertias = bodies(model, q, payload)
    _, ahead, turns_ahead, _ = bodies(model, q + step * dq, payload)
    _, back, turns_back, _ = bodies(model, q - step * dq, payload)
    velocity = (ahead - back) / (2 * step)
    energy = 0.5 * float(masses @ (velocity**2).sum(1))
    for turn, after, before, inertia in zip(turns, turns_ahead, turns_back, inertias):
        spin = (after - before) @ turn.T / (2 * step)
        rate = turn.T @ np.array([spin[2, 1], spin[0, 2], spin[1, 0]])
        energy += 0.5 * float(rate @ inertia @ rate)
    return energy


@pytest.mark.parametrize('payload', [0.0, 1.5])
@pytest.mark.parametrize('seed', range(3))
def test_torque_at_rest_is_the_gradient_of_potential_energy(model, seed, payload):
    q = np.random.default_rng(seed).uniform(-2, 2, 6)
    torque = inverse_dynamics(model, q, 0.0, 0.0, payload)
    step = 1e-5
    for joint, unit in enumerate(np.eye(6)):
        slope = potential(model, q + step * unit, payload) - potential(
            model, q - step * unit, payload
        )
        assert torque[joint] == pytest.approx(slope / (2 * step), abs=1e-5)


@pytest.mark.parametrize('payload', [0.0, 1.5])
@pytest.mark.parametrize('seed', range(3))
def test_half_the_inertia_times_velocity_squared_is_the_kinetic_energy(model, seed, payload):
    rng = np.random.default_rng(seed)
    q, dq = rng.uniform(-2, 2, 6), rng.uniform(-2, 2, 6)
    inertia = mass_matrix(model, q, payload)
    assert 0.5 * dq @ inertia @ dq == pytest.approx(kinetic(model, q, dq, payload), rel=1e-6)
    assert np.allclose(inertia, inertia.T)
    assert np.linalg.eigvalsh(inertia).min() > 0


def test_own_inertia_is_the_diagonal_of_the_inertia(model):
    q = np.random.default_rng(5).uniform(-2, 2, (4, 6))
    bare, kilogram = own_inertia(model, q)
    full = np.diagonal(mass_matrix(model, q, 1.3), axis1=-2, axis2=-1)
    assert np.allclose(bare + 1.3 * kilogram, full)


@pytest.mark.parametrize('seed', range(4))
def test_power_is_the_change_of_energy(model, seed):
    # With the inertia matrix right, this pins the Coriolis and centrifugal torques.
    rng = np.random.default_rng(seed)
    q, dq, ddq = (rng.uniform(-1.5, 1.5, 6) for _ in range(3))
    payload, step = 0.8, 1e-5

    def energy(time):
        q_then = q + dq * time + ddq * time**2 / 2
        dq_then = dq + ddq * time
        return kinetic(model, q_then, dq_then, payload) + potential(model, q_then, payload)

    change = (energy(step) - energy(-step)) / (2 * step)
    assert inverse_dynamics(model, q, dq, ddq, payload) @ dq == pytest.approx(change, rel=1e-4)


def test_many_moments_at_once_are_each_one(model):
    rng = np.random.default_rng(1)
    q, dq, ddq = (rng.uniform(-1, 1, (5, 3, 6)) for _ in range(3))
    payload = rng.uniform(0, 1, (5, 3))
    torque = inverse_dynamics(model, q, dq, ddq, payload)
    one = inverse_dynamics(model, q[2, 1], dq[2, 1], ddq[2, 1], payload[2, 1])
    assert np.allclose(torque[2, 1], one)


def test_a_point_mass_on_a_lever_by_hand(config, model):
    # Arm laid out along x: the payload hangs at its lever from the shoulder.
    q = np.array([0, np.pi / 2, 0, 0, 0, 0])
    extra = inverse_dynamics(model, q, 0.0, 0.0, 1.0) - inverse_dynamics(model, q, 0.0, 0.0, 0.0)
    lever = sum(joint.xyz_m[2] for joint in config.arm.joints[2:]) + config.arm.payload_xyz_m[2]
    assert extra[1] == pytest.approx(-GRAVITY * lever)


def test_inertia_of_a_cylinder(config):
    link = config.arm.links[1]
    inertia = cylinder_inertia(link)
    assert inertia[2, 2] == pytest.approx(0.5 * link.mass_kg * link.radius_m**2)
    assert inertia[0, 0] == pytest.approx(
        link.mass_kg * (link.radius_m**2 / 4 + link.length_m**2 / 12)
    )


@pytest.mark.parametrize('seed', range(3))
def test_coriolis_torque_is_that_of_lagrange(model, seed):
    # Christoffel symbols of the inertia: they see gyroscopic torques, which do no work.
    rng = np.random.default_rng(seed)
    q, dq = rng.uniform(-2, 2, 6), rng.uniform(-2, 2, 6)
    step = 1e-6
    slope = np.stack(
        [
            (mass_matrix(model, q + step * unit, 0.7) - mass_matrix(model, q - step * unit, 0.7))
            / (2 * step)
            for unit in np.eye(6)
        ],
        -1,
    )  # (i, j, k): change of M_ij with q_k
    lagrange = np.einsum('ijk,j,k->i', slope, dq, dq) - 0.5 * np.einsum('jki,j,k->i', slope, dq, dq)
    torque = inverse_dynamics(model, q, dq, 0.0, 0.7, gravity=0.0)
    assert np.allclose(torque, lagrange, atol=1e-6)
