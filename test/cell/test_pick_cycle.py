"""The pick cycle: it goes where it should, within limits, in its time."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.kinematics import chain_of, tool_pose
from factory_perception.cell.pick_cycle import CyclePlanner, Target


@pytest.fixture(scope='module')
def planner(config):
    return CyclePlanner(config)


@pytest.mark.parametrize('x', [0.46, 0.58])
@pytest.mark.parametrize('y', [-0.16, 0.0, 0.16])
@pytest.mark.parametrize('good', [True, False])
def test_every_part_can_be_picked_and_placed_within_limits(config, planner, x, y, good):
    target = Target((x, y, planner.grip_z_m), planner.bin_above(good), 1.0, 0.6)
    cycle = planner.plan(target, planner.home)
    time = np.arange(0, cycle.path.duration_s, 0.002)
    q, dq, ddq = cycle.path.at(time)
    joints = config.arm.joints
    for index, joint in enumerate(joints):
        assert q[:, index].min() >= joint.lower_rad and q[:, index].max() <= joint.upper_rad
        assert np.abs(dq[:, index]).max() <= joint.velocity_rad_s
    assert np.abs(ddq).max() <= config.cycle.acceleration_rad_s2
    chain = chain_of(config.arm)
    for when, place in (
        (cycle.grasp_s, (x, y, planner.grip_z_m)),
        (cycle.release_s, planner.bin_above(good)),
    ):
        rotation, position = tool_pose(chain, cycle.path.at(np.array([when]))[0][0])
        assert np.allclose(position, place, atol=1e-4)
        assert (rotation @ (0, 0, 1))[2] < -0.9
    assert np.allclose(q[-1], planner.home, atol=1e-3)
    assert 5.0 < cycle.path.duration_s < 8.0


def test_half_speed_takes_twice_the_way_time(planner):
    target = Target((0.5, 0.0, planner.grip_z_m), planner.bin_above(True))
    full = planner.plan(target, planner.home)
    slow = planner.plan(Target(target.pick_xyz_m, target.place_xyz_m, 0.5), planner.home)
    dwell = 0.25 + 0.20
    assert slow.path.duration_s - dwell == pytest.approx(2 * (full.path.duration_s - dwell))


def test_the_arm_waits_for_a_late_part(planner):
    place = planner.bin_above(True)
    now = planner.plan(Target((0.5, 0.0, planner.grip_z_m), place), planner.home)
    late = planner.plan(Target((0.5, 0.0, planner.grip_z_m), place, due_s=3.0), planner.home)
    assert now.grasp_s < 2.5
    assert late.grasp_s == pytest.approx(3.0 + 0.125)


def test_waiting_goes_home_and_stays(planner):
    cycle = planner.wait(planner.home + 0.1, 0.5)
    assert np.allclose(cycle.path.at(np.array([cycle.path.duration_s]))[0][0], planner.home)
    assert cycle.path.duration_s > 0.5
    assert cycle.grasp_s == np.inf
