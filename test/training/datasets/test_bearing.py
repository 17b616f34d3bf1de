"""Vibration of bearings."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.bearing(tmp_path))
    assert (data.task, len(data)) == ('fault', 4)
    assert data.labels == ('ball', 'inner_race', 'outer_race')
    ball, normal = data.read(0), data.read(3)
    raw = np.random.default_rng(0).integers(-100, 100, 240, dtype=np.int16)
    assert np.array_equal(ball.channels['drive_end_g'], raw * 0.5)
    assert ball.joints.names == () and ball.joints.time_s[12] == pytest.approx(0.001)
    assert ball.intervals[0].label == 'ball' and normal.intervals == ()


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.replace('1797_B_7', 'gone'), r'records.csv line 2: gone is not in drive_end'),
        (lambda t: t.replace(',IR,', ',XR,'), 'line 4: fault "XR"; use B, IR, OR, normal'),
        (lambda t: t.replace('12000', '0', 1), 'line 2: fs_hz and scale_g_per_lsb must be above'),
        (lambda t: t.replace(',0.5', ',x', 1), 'line 2: scale_g_per_lsb is "x"'),
    ],
)
def test_bad_tables(tmp_path, edit, message):
    edited(makers.bearing(tmp_path) / 'records.csv', edit)
    refuses(tmp_path, message)
    assert len(skips(tmp_path, 1)) == 3


KEYS = ('B_7', 'B_21', 'IR_7', 'normal_')


def test_python_objects_are_refused(tmp_path):
    makers.bearing(tmp_path)
    np.savez(tmp_path / 'drive_end_int16.npz', **{'1797_B_7': np.array([{}])})
    refuses(tmp_path, 'nothing is left that can be used.*is not in drive_end', skip_bad=True)
    np.savez(tmp_path / 'drive_end_int16.npz', **{f'1797_{k}': np.array([{}]) for k in KEYS})
    refuses(tmp_path, 'nothing is left .* holds Python objects', skip_bad=True)
    (tmp_path / 'drive_end_int16.npz').write_bytes(b'PK broken')
    refuses(tmp_path, r'drive_end_int16.npz: is a broken archive')


def test_real_set():
    data = open_dataset(data_folder('cwru_bearing'))
    assert len(data) == 37
    records = [data.read(n) for n in range(len(data))]
    faults = Counter(one.intervals[0].label if one.intervals else 'normal' for one in records)
    assert faults == {'ball': 9, 'inner_race': 9, 'outer_race': 18, 'normal': 1}
    normal = next(one for one in records if not one.intervals)
    assert normal.facts['fs_hz'] == '48000' and normal.duration_s == pytest.approx(3.05, abs=0.01)
    assert 0.02 < normal.channels['drive_end_g'].std() < 0.2
    groups = [
        {source.group for source in open_dataset(data.root, split=part).sources}
        for part in ('train', 'val')
    ]
    assert not groups[0] & groups[1] and len(groups[0] | groups[1]) == 9
