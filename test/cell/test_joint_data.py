"""Many runs at once: each hangs on its own seed, and its labels are its faults."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.faults import ARM_FAULTS
from factory_perception.cell.joint_data import joint_runs

HABITS = FaultHabits(pause_s=(2.0, 4.0), first_s=3.0)
CHANNELS = ('position', 'velocity', 'effort', 'reference_position', 'temperature_c')


@pytest.fixture(scope='module')
def runs(config):
    return list(joint_runs(config, (4, 9, 12), 24.0, HABITS))


def test_sizes(config, runs):
    assert [run.seed for run in runs] == [4, 9, 12]
    for run in runs:
        assert len(run.samples) == 24 * 250
        assert run.fault_ids.shape == run.samples.position.shape == (6000, 6)
        assert run.samples.names == config.arm.joint_names


def test_a_run_does_not_hang_on_those_beside_it(config, runs):
    alone = next(iter(joint_runs(config, (9,), 24.0, HABITS)))
    for name in CHANNELS:
        one, many = getattr(alone.samples, name), getattr(runs[1].samples, name)
        assert np.array_equal(one, many, equal_nan=True)
    assert alone.faults == runs[1].faults
    assert not np.array_equal(runs[0].samples.effort, runs[1].samples.effort)


def test_labels_are_the_faults(runs):
    for run in runs:
        time = run.samples.stamp_ns * 1e-9
        expected = np.zeros_like(run.fault_ids)
        for fault in run.faults:
            rows = [fault.onset_s <= t < fault.end_s for t in time]
            columns = [not fault.joint or fault.joint == name for name in run.samples.names]
            expected[np.outer(rows, columns)] = 1 + ARM_FAULTS.index(fault.kind)
        assert np.array_equal(run.fault_ids, expected)
    assert len({fault.kind for run in runs for fault in run.faults}) >= 4


def test_a_grip_loss_is_labelled_only_while_a_part_is_missed(config):
    habits = FaultHabits(('grip_loss',), pause_s=(1.0, 2.0), first_s=1.0)
    runs = list(joint_runs(config, (1, 2), 30.0, habits))
    for run in runs:
        healthy = next(iter(joint_runs(config, (run.seed,), 30.0)))
        change = np.abs(run.samples.effort - healthy.samples.effort)[:, 1]
        label = run.fault_ids[:, 1] > 0
        assert 0 < label.mean() < 0.5
        begun = np.cumsum(label) > 0
        assert change[~begun].max() == 0
        assert change[label].mean() > 10 * change[begun & ~label].mean()


def test_without_habits_nothing_is_wrong(config):
    run = next(iter(joint_runs(config, (4,), 8.0)))
    assert run.faults == ()
    assert not run.fault_ids.any()
    assert np.abs(run.samples.position - run.samples.reference_position).max() < 0.006


def test_camera_faults_are_no_faults_of_the_arm(config):
    habits = FaultHabits(('defocus', 'torque_loss'), pause_s=(1.0, 2.0), first_s=1.0)
    run = next(iter(joint_runs(config, (4,), 20.0, habits)))
    assert {fault.kind for fault in run.faults} == {'torque_loss'}
