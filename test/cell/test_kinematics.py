"""Kinematics against hand-made poses, finite differences and itself the other way round."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.kinematics import (
    chain_of,
    forward,
    jacobian,
    ReachError,
    solve_ik,
    tool_down,
    tool_pose,
)


@pytest.fixture(scope='module')
def chain(config):
    return chain_of(config.arm)


def test_straight_up(chain, config):
    rotation, position = tool_pose(chain, np.zeros(6))
    height = sum(joint.xyz_m[2] for joint in config.arm.joints) + config.arm.tool_xyz_m[2]
    assert np.allclose(position, np.add(config.arm.base_xyz_m, (0, 0, height)))
    assert np.allclose(rotation, np.eye(3))


def test_a_quarter_turn_of_the_shoulder_lays_the_arm_along_x(chain, config):
    _, position = tool_pose(chain, [0, np.pi / 2, 0, 0, 0, 0])
    above = sum(joint.xyz_m[2] for joint in config.arm.joints[2:]) + config.arm.tool_xyz_m[2]
    base = np.array(config.arm.base_xyz_m)
    assert np.allclose(position, np.add(base, (above, 0, 0.4)))


def test_many_at_once_are_each_one(chain):
    q = np.random.default_rng(0).uniform(-2, 2, (3, 4, 6))
    rotations, positions = forward(chain, q)
    assert rotations.shape == (3, 4, 6, 3, 3)
    one = forward(chain, q[2, 1])
    assert np.allclose(rotations[2, 1], one[0])
    assert np.allclose(positions[2, 1], one[1])


@pytest.mark.parametrize('seed', range(4))
def test_the_jacobian_is_the_derivative(chain, seed):
    q = np.random.default_rng(seed).uniform(-2, 2, 6)
    rotation, _ = tool_pose(chain, q)
    matrix = jacobian(chain, q)
    step = 1e-6
    for joint in range(6):
        moved = q + step * np.eye(6)[joint]
        turn, tip = tool_pose(chain, moved)
        back_turn, back_tip = tool_pose(chain, q - step * np.eye(6)[joint])
        spin = (turn - back_turn) @ rotation.T / (2 * step)
        assert np.allclose(matrix[:3, joint], (tip - back_tip) / (2 * step), atol=1e-7)
        vector = [spin[2, 1], spin[0, 2], spin[1, 0]]
        assert np.allclose(matrix[3:, joint], vector, atol=1e-7)


@pytest.mark.parametrize(
    'xyz, twist', [((0.46, 0.0, 0.72), 0.0), ((0.58, 0.16, 0.9), 0.5), ((0.3, -1.22, 0.7), -0.6)]
)
def test_the_inverse_meets_the_pose(chain, xyz, twist):
    heading = np.arctan2(xyz[1] + 0.7, xyz[0])
    wanted = tool_down(heading - np.pi - twist)
    q = solve_ik(chain, xyz, wanted, [heading, 0.5, 1.4, 0.0, 1.2, twist])
    rotation, position = tool_pose(chain, q)
    assert np.allclose(position, xyz, atol=1e-5)
    assert np.allclose(rotation, wanted, atol=1e-4)
    assert np.allclose(rotation @ (0, 0, 1), (0, 0, -1), atol=1e-4)
    assert (q >= chain.lower).all() and (q <= chain.upper).all()


def test_what_is_out_of_reach_is_said_with_the_distance(chain):
    with pytest.raises(ReachError, match=r'cannot reach \(2\.000, 0\.000, 0\.700\) m: \d+\.\d mm'):
        solve_ik(chain, (2.0, 0.0, 0.7), tool_down(0.0), np.zeros(6))


def test_half_a_turn_is_found(chain):
    start = np.array([0.3, 0.5, 1.4, 0.0, 1.2, 1.0])
    rotation, position = tool_pose(chain, start)
    flipped = rotation @ np.diag([-1.0, -1.0, 1.0])
    q = solve_ik(chain, position, flipped, start)
    assert abs(abs(q[5] - start[5]) - np.pi) < 1e-3
