"""Joint states out of bags."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import refuses, skips


@pytest.mark.parametrize('storage', ['sqlite3', 'mcap'])
def test_joints_are_told_apart_by_name(tmp_path, storage):
    makers.bag(tmp_path / 'bags/first', storage)
    makers.bag(tmp_path / 'bags/second', storage)
    data = open_dataset(tmp_path / 'bags')
    assert (data.task, len(data), data.name(0)) == ('forecast', 2, 'first')
    run = data.read(0)
    assert run.joints.names == ('a', 'b') and run.facts['clock'] == 'header'
    assert run.joints.position[:, 0].tolist() == list(range(20))
    assert run.joints.position[:, 1].tolist() == [-n for n in range(20)]
    assert np.allclose(run.joints.velocity, run.joints.position * 2)
    assert np.isnan(run.joints.effort).all()
    assert np.allclose(np.diff(run.joints.time_s), 0.02)


def test_the_clock_of_the_recorder_where_headers_have_none(tmp_path):
    run = open_dataset(makers.bag(tmp_path / 'a', stamped=False)).read(0)
    assert run.facts['clock'] == 'recorder' and np.allclose(np.diff(run.joints.time_s), 0.04)


def test_a_message_about_another_joint(tmp_path):
    run = open_dataset(makers.bag(tmp_path / 'a', extra=True)).read(0)
    assert run.joints.names == ('a', 'b', 'gripper')
    assert np.isnan(run.joints.position[5, 0]) and run.joints.position[5, 2] == 7


def test_a_file_alone(tmp_path):
    [file] = makers.bag(tmp_path / 'a', 'mcap').glob('*.mcap')
    alone = file.rename(tmp_path / 'alone.mcap')
    assert len(open_dataset(alone).read(0).joints.time_s) == 20


def test_broken_bags(tmp_path):
    makers.bag(tmp_path / 'good')
    (tmp_path / 'bad.db3').write_bytes(b'SQLite format 3\0 and then nothing')
    refuses(tmp_path, r'bad.db3: is no readable bag')
    assert [source.name for source in skips(tmp_path, 1).sources] == ['good']


def test_real_set():
    data = open_dataset(data_folder('robot_trajectories') / 'dev' / 'ros2_bags')
    runs = {data.name(n): data.read(n) for n in range(len(data))}
    ur10, panda = runs['ur10_exciting_trajectory'], runs['panda_exciting_trajectory']
    assert ur10.joints.position.shape == (3441, 6) and panda.joints.position.shape == (727, 7)
    assert ur10.duration_s == pytest.approx(27.5, abs=0.1)
    assert panda.duration_s == pytest.approx(24.2, abs=0.1)
    assert panda.joints.names[0] == 'fer_joint1'
    for run in runs.values():
        for table in (run.joints.position, run.joints.velocity, run.joints.effort):
            assert np.isfinite(table).all()
