"""The controller's torque, and the motions that it is asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.dynamics import inverse_dynamics, mass_matrix, model_of
from factory_perception.cell.gazebo.controller import controller_of
from factory_perception.cell.gazebo.inertia import link_inertias, rotor_inertia
from factory_perception.cell.gazebo.motion_plan import MotionPlanner, POINT_S


@pytest.fixture(scope='module')
def motions(config):
    planner = MotionPlanner(config, seed=0)
    first = planner.next(np.zeros(len(config.arm.joints)))
    return first, planner.next(first.position[-1])


def test_torque_is_gains_times_errors_and_feed_forward(config):
    controller = controller_of(config.arm)
    zero = np.zeros(6)
    one = np.full(6, 1e-3)
    np.testing.assert_allclose(controller.torque(zero, zero, one, zero, zero), 1e-3 * controller.kp)
    np.testing.assert_allclose(controller.torque(zero, one, zero, zero, one),
                               1e-3 - 1e-3 * controller.kd)  # fmt: skip
    np.testing.assert_allclose(
        controller.torque(zero, zero, zero + 9, zero, zero), controller.limit
    )


def test_a_rotor_turns_about_its_axis_and_half_as_much_across():
    np.testing.assert_allclose(rotor_inertia(np.array([0, 1.0, 0]), 0.8), np.diag([0.4, 0.8, 0.4]))


def test_motions_go_home_then_round_and_join(config, motions):
    first, second = motions
    assert np.abs(first.position[0]).max() < 1e-9
    np.testing.assert_allclose(second.position[0], first.position[-1], atol=1e-6)
    np.testing.assert_allclose(second.position[-1], first.position[-1], atol=1e-6)
    assert 3.0 < second.duration_s < 30.0
    limits = np.array([joint.velocity_rad_s for joint in config.arm.joints])
    for motion in motions:
        assert (np.abs(motion.velocity) <= limits).all()
        assert not motion.velocity[-1].any()
        assert np.abs(np.diff(motion.position, axis=0)).max() < limits.max() * POINT_S


def test_a_point_holds_until_the_next(motions):
    _, motion = motions
    for time_s, index in ((-1.0, 0), (0.0, 0), (0.0019, 0), (0.002, 1), (0.0041, 2), (1e6, -1)):
        position, velocity, feed = motion.at(time_s)
        np.testing.assert_array_equal(position, motion.position[index])
        np.testing.assert_array_equal(velocity, motion.velocity[index])
        np.testing.assert_array_equal(feed, motion.feed[index])


def test_the_gains_hold_the_arm_of_the_world_in_steps_of_a_millisecond(config, motions):
    """Simulate the rigid arm that the world describes; friction as a physics engine treats it."""
    arm = config.arm
    model = replace(model_of(arm), inertias=np.array(link_inertias(arm)[1:]))
    damping = np.array([joint.damping for joint in arm.joints])
    coulomb = np.array([joint.friction_nm for joint in arm.joints])
    controller, motion = controller_of(arm), motions[1]
    q, dq, step, worst = motion.position[0].copy(), np.zeros(6), 0.001, 0.0
    for index in range(1500):
        reference, velocity, feed = motion.at(index * step)
        torque = controller.torque(q, dq, reference, velocity, feed)
        if index % 20 == 0:
            inertia = mass_matrix(model, q)
        bias = inverse_dynamics(model, q, dq, np.zeros(6))
        implicit = inertia + step * np.diag(damping)
        free = np.linalg.solve(implicit, inertia @ dq + step * (torque - bias))
        stop = step * np.linalg.solve(implicit, np.diag(coulomb)).diagonal()
        dq = np.sign(free) * np.maximum(np.abs(free) - stop, 0)
        q = q + step * dq
        worst = max(worst, float(np.abs(q - reference).max()))
    assert worst < 0.05
