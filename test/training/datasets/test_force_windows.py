"""Short windows of force and torque."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.force_windows(tmp_path))
    assert data.task == 'fault' and data.labels == ('LP1:collision', 'LP2:a', 'LP2:b')
    windows = [data.read(n) for n in range(4)]
    assert [[one.label for one in window.intervals or ()] for window in windows] == [
        [], ['LP1:collision'], ['LP2:a', 'LP2:b'], []
    ]  # fmt: skip
    assert windows[0].intervals == () and windows[3].intervals is None
    assert list(windows[0].channels) == ['Fx', 'Fy', 'Fz', 'Tx', 'Ty', 'Tz']
    assert windows[0].duration_s == pytest.approx(0.294)


def test_bad_tables(tmp_path):
    makers.force_windows(tmp_path)
    edited(tmp_path / 'recordings.csv', lambda t: t + '9,normal,\n')
    refuses(tmp_path, r'recordings.csv line 6: rec_id 9 is not in force_torque.csv')
    edited(tmp_path / 'force_torque.csv', lambda t: t.replace(',0.021,', ',0.021,x', 1))
    assert len(skips(tmp_path, 2)) == 3


def test_real_set():
    data = open_dataset(data_folder('robot_execution_failures'))
    windows = [data.read(n) for n in range(len(data))]
    assert len(data) == 191 and all(len(one.joints.time_s) == 15 for one in windows)
    assert sum(one.facts['LP1'] == 'collision' for one in windows) == 13
    assert data.labels[:3] == ('LP1:collision', 'LP1:fr_collision', 'LP1:obstruction')
    assert sum(len(one.facts['LP5'].split('|')) == 2 for one in windows) == 1
