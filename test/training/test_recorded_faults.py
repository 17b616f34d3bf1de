"""Recordings of real robots as frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.series import (
    Commands,
    empty_joints,
    LabelInterval,
    Recording,
)
from factory_perception.training.fault_run_classes import is_one_fault_a_run, macro_f1
from factory_perception.training.recorded_faults import planned, RecordedFaults
from factory_perception.training.setting_tree import SettingsError


class _Data:
    task, origin, sha256, labels = 'fault', 'two servos', '0', ('stuck', 'stopped')

    def __init__(self, *recordings):
        self._recordings = recordings

    def __len__(self):
        return len(self._recordings)

    def name(self, index):
        return self._recordings[index].name

    def read(self, index):
        return self._recordings[index]


def _recording(name, seconds, intervals, counts=500.0):
    time = 3.0 + np.arange(0, seconds, 0.1)
    position = np.full((len(time), 2), counts)
    absent = np.full_like(position, np.nan)
    joints = JointTable(('a', 'b'), time, position, absent, absent)
    commands = Commands(('a', 'b'), np.array([3.0, 5.0]), np.array([[500.0, 500], [600, 500]]),
                        np.array([[1.0, 1.0], [2.0, 1.0]]))  # fmt: skip
    return Recording(name, joints, intervals=intervals, commands=commands)


def test_runs_of_different_length_stand_beside_each_other():
    stuck = (LabelInterval('stuck', 3.0, 8.0, 'a'),)
    data = RecordedFaults(_Data(_recording('x', 5.0, stuck), _recording('y', 9.0, ())))
    runs = data.faulty
    assert runs.lengths == (50, 90)
    assert runs.step_s == pytest.approx(0.1)
    labels = runs.labels(['stuck'])
    # Nobody can see that the first joint is stuck before it should move, two seconds on.
    assert (labels[:20, 0, 0] == -1).all() and (labels[22:50, 0, 0] == 1).all()
    assert (labels[:50, 0, 1] == 0).all()
    assert (labels[50:, 0] == -1).all() and (labels[:90, 1] == 0).all()
    assert np.nanmax(np.abs(runs.frames.position)) < 4  # counts became radians
    # After five seconds the first joint should have gone 100 counts and has not.
    assert runs.frames.tracking[48, 0, 0] == pytest.approx(-100 * np.deg2rad(0.24), rel=0.01)
    assert data.whole == ('stopped',)
    assert len(data.healthy) == 1
    assert is_one_fault_a_run(runs)


def test_a_set_without_healthy_recordings_is_told():
    stuck = (LabelInterval('stuck', 3.0, 4.0, 'a'),)
    data = RecordedFaults(_Data(_recording('x', 5.0, stuck)))
    assert not is_one_fault_a_run(data.faulty)
    with pytest.raises(SettingsError, match='healthy'):
        _ = data.healthy


def test_a_set_without_joints_is_told():
    bare = replace(_recording('x', 5.0, ()), joints=empty_joints(np.arange(5.0)))
    with pytest.raises(SettingsError, match='no labelled recording of joints'):
        _ = RecordedFaults(_Data(bare)).faulty


def test_commands_are_straight_ways_of_their_duration():
    commands = _recording('x', 1.0, ()).commands
    way = planned(commands, np.array([2.0, 3.0, 5.0, 6.0, 7.0, 90.0]))
    assert np.isnan(way[0]).all()
    assert way[1:, 0].tolist() == [500, 500, 550, 600, 600]


def test_macro_f1_is_the_mean_over_classes():
    truth, found = np.array(['a', 'a', 'b', 'b']), np.array(['a', 'b', 'b', 'b'])
    value = macro_f1(truth, found, ['a', 'b'], np.ones(4))
    assert value == pytest.approx((2 / 3 + 0.8) / 2)


def test_recordings_of_two_robots_are_not_mixed():
    other = _recording('y', 5.0, ())
    other = replace(other, joints=replace(other.joints, names=('b', 'a')))
    data = RecordedFaults(_Data(_recording('x', 5.0, ()), other))
    with pytest.raises(SettingsError, match='x has the joints a, b, y has b, a; take one robot'):
        _ = data.faulty
