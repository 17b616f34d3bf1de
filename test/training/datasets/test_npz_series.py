"""NumPy archives of one recording each."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import skips


def test_values(tmp_path):
    data = open_dataset(makers.npz_series(tmp_path))
    assert (data.task, len(data), data.name(1)) == ('forecast', 2, 'take_1')
    take = data.read(1)
    assert take.joints.names == ('joint1', 'joint2')
    assert np.allclose(take.joints.position[:, 1], np.sin(np.arange(50) * 0.02 + 1), atol=1e-6)
    assert np.allclose(take.joints.velocity, take.joints.position * 2)
    assert np.allclose(take.joints.effort, take.joints.position * 3)
    assert sorted(take.channels) == ['tau_ext.1', 'tau_ext.2'] and take.intervals is None


def test_names_and_absent_quantities(tmp_path):
    np.savez(tmp_path / 'a.npz', time=np.arange(5), q=np.ones((5, 2)), joint_names=['x', 'y'],
             load=np.arange(5), label=np.array('words'))  # fmt: skip
    take = open_dataset(tmp_path).read(0)
    assert take.joints.names == ('x', 'y') and np.isnan(take.joints.effort).all()
    assert list(take.channels) == ['load']


Q = np.ones((5, 2))


@pytest.mark.parametrize(
    ('arrays', 'message'),
    [
        ({'t_s': np.arange(5), 'q': np.ones((4, 2))}, 'q has 4 rows for 5 times'),
        ({'t_s': np.arange(5), 'q': Q, 'dq': np.ones((5, 3))}, 'differ in size'),
        ({'t_s': np.array(['a'] * 5), 'q': Q}, 't_s is no table of numbers'),
        ({'t_s': np.arange(5), 'q': np.array([{}] * 5)}, 'holds Python objects'),
        ({'t_s': np.arange(5), 'q': np.full((5, 1), np.inf)}, r'joint1.position is infinite'),
    ],
)
def test_bad_archives(tmp_path, arrays, message):
    makers.npz_series(tmp_path)
    np.savez(tmp_path / 'bad.npz', **arrays)
    with pytest.raises(ValueError, match=message) as caught:
        open_dataset(tmp_path).read(0)
    assert 'bad.npz' in str(caught.value)
    assert len(skips(tmp_path, 1)) == 2


def test_a_cut_off_archive(tmp_path):
    path = makers.npz_series(tmp_path) / 'take_0.npz'
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match=r'take_0.npz: is a broken archive'):
        open_dataset(tmp_path).read(0)


def test_real_set():
    data = open_dataset(data_folder('robot_trajectories') / 'dev' / 'fr3_teleop')
    assert len(data) == 3 and data.task == 'forecast'
    takes = [data.read(n) for n in range(3)]
    assert [len(take.joints.time_s) for take in takes] == [10384, 10048, 9077]
    assert all(9 < take.duration_s < 11.1 and len(take.joints.names) == 7 for take in takes)


def test_archives_packed_otherwise(tmp_path):
    path = makers.npz_series(tmp_path) / 'take_0.npz'
    data = bytearray(path.read_bytes())
    data[data.rfind(b'PK\x01\x02') + 6] = 255  # a version that no reader knows
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r'take_0.npz: is a broken archive'):
        open_dataset(tmp_path).read(0)
