"""The arm's joint states: healthy bounds, and the mark of every fault where it belongs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.faults import ARM_FAULTS, JOINTLESS, make_fault, SENSOR_FAULTS
from factory_perception.cell.joint_stream import JointStream
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.tasks import RandomTasks

CHANNELS = ('position', 'velocity', 'effort', 'temperature_c')
ONSET = 8.0
SECONDS = 20.0


@pytest.fixture(scope='module')
def planner(config):
    return CyclePlanner(config)


def run(config, planner, faults=(), seed=1, seconds=SECONDS, chunk=400):
    """Give the channels (T, n) of a run as a dict."""
    tasks = RandomTasks(config, planner, stream(seed, 'tasks'))
    arm = JointStream(config, tasks, planner.home, seed)
    parts = []
    left = round(seconds * config.arm.rate_hz)
    while left > 0:
        parts.append(arm.advance(min(chunk, left), faults))
        left -= chunk
    names = (*CHANNELS, 'reference_position', 'reference_velocity', 'stamp_ns')
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}


@pytest.fixture(scope='module')
def healthy(config, planner):
    return run(config, planner)


def test_a_healthy_arm_follows_its_reference(config, healthy):
    error = healthy['position'] - healthy['reference_position']
    assert np.abs(error).max() < 0.006
    assert np.abs(healthy['velocity'] - healthy['reference_velocity']).max() < 0.12
    limits = np.array([joint.effort_nm for joint in config.arm.joints])
    assert (np.abs(healthy['effort']).max(0) < 0.6 * limits).all()
    assert np.ptp(healthy['position'], axis=0).min() > 0.3  # every joint is at work
    assert np.isfinite(healthy['effort']).all()


def test_stamps_are_of_the_rate_and_start_after_zero(healthy):
    assert healthy['stamp_ns'][0] == 4_000_000
    assert set(np.diff(healthy['stamp_ns'])) == {4_000_000}


@pytest.mark.parametrize('chunk', [1, 17, 250])
def test_the_same_bytes_in_all_pieces(config, planner, healthy, chunk):
    seconds = 3.0 if chunk == 1 else SECONDS
    pieces = run(config, planner, chunk=chunk, seconds=seconds)
    for name, values in pieces.items():
        assert np.array_equal(values, healthy[name][: len(values)])


def test_another_seed_is_another_arm(config, planner, healthy):
    other = run(config, planner, seed=2, seconds=4.0)
    assert not np.array_equal(other['effort'], healthy['effort'][: len(other['effort'])])


#: Fault, joint, channel, and the least rms change of that channel while the fault is there, in
#: units of what the channel does in a healthy run beside its own mean motion (see below).
MARKS = [
    ('friction_rise', 'joint_1', 'effort', 10.0),
    ('friction_rise', 'joint_2', 'effort', 10.0),
    ('friction_rise', 'joint_4', 'effort', 2.0),
    ('friction_rise', 'joint_6', 'effort', 1.0),
    ('torque_loss', 'joint_2', 'effort', 12.0),
    ('torque_loss', 'joint_5', 'effort', 0.7),
    ('backlash', 'joint_1', 'velocity', 0.004),
    ('backlash', 'joint_6', 'velocity', 0.004),
    ('collision', 'joint_1', 'effort', 5.0),
    ('collision', 'joint_4', 'velocity', 0.01),
    ('overheating', 'joint_3', 'temperature_c', 10.0),
    ('overheating', 'joint_3', 'effort', 0.8),
    ('payload_change', '', 'effort', 5.0),
    ('grip_loss', '', 'effort', 0.4),
    ('protective_stop', '', 'velocity', 0.1),
    ('encoder_bias', 'joint_3', 'position', 0.02),
    ('sensor_stuck', 'joint_2', 'position', 0.1),
    ('sensor_stuck', 'joint_2', 'velocity', 0.1),
    ('sensor_dropout', 'joint_5', 'effort', np.nan),
]


def test_every_fault_has_a_mark():
    assert {mark[0] for mark in MARKS} == set(ARM_FAULTS)


@pytest.mark.parametrize('kind, joint, channel, least', MARKS)
def test_a_fault_marks_its_channel_after_its_onset(
    config, planner, healthy, kind, joint, channel, least
):
    names = config.arm.joint_names
    fault = make_fault(kind, joint, 0.9, ONSET, 0.0, 8.0, names)
    faulty = run(config, planner, (fault,))
    before = healthy['stamp_ns'] * 1e-9 < ONSET
    during = ~before & (healthy['stamp_ns'] * 1e-9 < fault.end_s)
    for name in CHANNELS:
        assert np.array_equal(faulty[name][before], healthy[name][before])
    column = names.index(joint) if joint else 1
    change = (faulty[channel] - healthy[channel])[during]
    if np.isnan(least):
        lost = np.isnan(faulty[channel][during, column])
        assert 0.4 < lost.mean() < 1.0 and lost[0]
        assert not np.isnan(np.delete(faulty[channel], column, 1)).any()
        return
    if kind == 'collision':
        change = change[:75]
    assert np.sqrt(np.mean(change[:, column] ** 2)) > least
    if kind not in JOINTLESS:
        # Nothing else is touched: the load of the other joints is that of the plan.
        others = np.delete(change, column, 1)
        assert np.abs(others).max() == 0
    if kind in SENSOR_FAULTS:
        after = healthy['stamp_ns'] * 1e-9 >= fault.end_s
        for name in CHANNELS:
            assert np.array_equal(faulty[name][after], healthy[name][after])


def test_the_worse_the_fault_the_larger_its_mark(config, planner, healthy):
    marks = []
    for severity in (0.3, 0.6, 1.0):
        fault = make_fault(
            'friction_rise', 'joint_2', severity, 5.0, 0.0, 5.0, config.arm.joint_names
        )
        faulty = run(config, planner, (fault,), seconds=10.0)
        change = (faulty['effort'] - healthy['effort'][:2500])[1250:, 1]
        marks.append(np.sqrt(np.mean(change**2)))
    assert marks == sorted(marks)
    assert marks[2] > 2 * marks[0]


def test_a_protective_stop_brakes_holds_and_goes_on(config, planner, healthy):
    fault = make_fault('protective_stop', '', 1.0, 6.0, 0.0, 2.0, config.arm.joint_names)
    stopped = run(config, planner, (fault,), seconds=14.0)
    held = slice(round(6.5 * 250), round(7.99 * 250))
    assert not stopped['effort'][held].any()
    assert not stopped['velocity'][held].any()
    assert np.ptp(stopped['position'][held], axis=0).max() == 0
    rates = np.abs(np.diff(stopped['reference_velocity'], axis=0)) * 250
    assert rates.max() < 25  # no jump of the reference
    # Afterwards the same plan goes on, late by the time of the stop and of getting going again.
    late = stopped['reference_position'][-1]
    near = np.abs(healthy['reference_position'][: 14 * 250] - late).max(1)
    assert near.min() < 0.03
    assert 1.9 < 14.0 - np.argmin(near) / 250 < 2.8


def test_a_lost_part_stays_lost_until_the_next_grip(config, planner, healthy):
    fault = make_fault('grip_loss', '', 1.0, 0.5, 0.0, 30.0, config.arm.joint_names)
    empty = run(config, planner, (fault,), seconds=12.0)
    change = np.abs(empty['effort'] - healthy['effort'][: 12 * 250])
    assert change[: round(1.0 * 250)].max() == 0  # nothing was held yet
    assert change[:, 1].max() > 3.0


def test_effort_can_be_a_current(config, planner, healthy):
    amperes = replace(config, arm=replace(config.arm, effort_unit='A'))
    current = run(amperes, planner, seconds=3.0)
    torque = healthy['effort'][:750]
    ratio = current['effort'] / torque
    expected = [1 / (drive.kt * drive.ratio) for drive in config.arm.drives]
    assert np.allclose(np.median(ratio, 0), expected, rtol=0.03)
    assert np.array_equal(current['position'], healthy['position'][:750])


@pytest.mark.parametrize('way', [1.0, -1.0])
def test_a_collision_is_against_the_motion(config, planner, healthy, way):
    speed = healthy['reference_velocity'][:, 0] * way
    fast = [k for k in range(100, 3000) if speed[k : k + 50].min() > 0.4]
    onset = fast[0] / 250
    fault = make_fault('collision', 'joint_1', 1.0, onset, 0.0, 0.3, config.arm.joint_names)
    faulty = run(config, planner, (fault,), seconds=onset + 0.2)
    rows = slice(round((onset + 0.04) * 250), round((onset + 0.12) * 250))
    for name, sign in (('effort', way), ('position', -way)):
        change = faulty[name][rows, 0] - healthy[name][rows, 0]
        assert (change * sign > 0).all()
