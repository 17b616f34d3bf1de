"""Windows of joint states on disk, read back as a data set."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.window_file import window_csv
from factory_perception.motion.window_folder import WindowFolder
from factory_perception.motion.window_keeper import Label
from factory_perception.training.datasets.recognise import open_dataset

ZERO_NS = 1_700_000_000_000_000_000
STEP_NS = 10_000_000
ARM = Label('arm', 'payload_change', ZERO_NS + 20 * STEP_NS, ZERO_NS + 40 * STEP_NS)
JOINT = Label('b', 'friction_rise', ZERO_NS + 30 * STEP_NS, ZERO_NS + 300 * STEP_NS)


def samples(count=100):
    return [
        JointSample(ZERO_NS + at * STEP_NS, ('a', 'b'), [at * 0.1, 2.0], [10.0, 0.0], (), 0)
        for at in range(count)
    ]


def read(tmp_path, data, task='fault'):
    (tmp_path / 'window.csv').write_bytes(data)
    return open_dataset(tmp_path, task).read(0)


@pytest.mark.parametrize('task', ['fault', 'forecast'])
def test_it_is_read_as_it_was_written(tmp_path, task):
    recording = read(tmp_path, window_csv(samples(), [ARM, JOINT]), task)
    joints = recording.joints
    assert joints.names == ('a', 'b')
    assert np.allclose(np.diff(joints.time_s), 0.01)
    assert np.allclose(joints.position[:, 0], np.arange(100) * 0.1)
    assert (joints.velocity[:, 0] == 10).all() and np.isnan(joints.effort).all()
    found = {(one.label, one.joint): (one.start_s, one.end_s) for one in recording.intervals}
    assert found['payload_change', ''] == pytest.approx((0.2, 0.4))
    assert found['friction_rise', 'b'] == pytest.approx((0.3, 1.0), abs=0.011)


def test_a_quiet_window_is_a_healthy_recording(tmp_path):
    assert read(tmp_path, window_csv(samples(), [])).intervals == ()


def test_samples_that_come_late_are_left_out(tmp_path):
    late = samples()
    late.insert(50, late[10])
    assert len(read(tmp_path, window_csv(late, [])).joints.time_s) == 100


@pytest.mark.parametrize('most, most_bytes, left', [(2, 10_000, 2), (100, 25, 2), (100, 1, 1)])
def test_the_oldest_leave(tmp_path, most, most_bytes, left):
    (tmp_path / 'notes.csv').write_text('mine')
    folder = WindowFolder(tmp_path, most, most_bytes)
    for number in range(5):
        folder.add(number, b'0123456789')
    assert sorted(path.name for path in tmp_path.glob('0*.csv')) == [
        f'{number:020d}.csv' for number in range(5 - left, 5)
    ]
    assert len(WindowFolder(tmp_path, most, most_bytes)) == left == len(folder)
    assert (tmp_path / 'notes.csv').read_text() == 'mine'
    assert folder.bytes_used == 10 * left
