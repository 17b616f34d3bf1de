"""Tables of joints over time."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series import LabelInterval
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.joint_csv(tmp_path))
    assert (data.task, len(data), data.labels) == ('fault', 3, ('label',))
    run = data.read(1)
    assert run.name == 'run1' and run.joints.names == ('elbow',)
    assert np.allclose(run.joints.position[:, 0], np.sin(np.arange(40) / 9 + 1))
    assert np.allclose(run.joints.velocity[:, 0], np.cos(np.arange(40) / 9 + 1))
    assert np.isnan(run.joints.effort).all()
    assert run.channels['elbow_temp'].tolist() == list(range(30, 70))
    [interval] = run.intervals
    assert (interval.label, interval.joint) == ('label', 'elbow')
    assert (interval.start_s, interval.end_s) == pytest.approx((1.0, 1.5))
    assert run.label_columns['elbow.label'].sum() == 5


def test_words_are_labels_and_no_labels_are_unknown(tmp_path):
    rows = [[n, n * 2, 'stuck' if n > 5 else 'ok'] for n in range(9)]
    makers.table(tmp_path / 'a.csv', ['t_s', 'm1', 'fault'], rows)
    makers.table(tmp_path / 'b.csv', ['t_s', 'm1'], [row[:2] for row in rows])
    data = open_dataset(tmp_path)
    assert data.labels == ('stuck',) and data.read(1).intervals is None
    assert data.read(0).intervals == (LabelInterval('stuck', 6, 9),)
    (tmp_path / 'a.csv').unlink()
    assert open_dataset(tmp_path).task == 'forecast'


def test_one_file_and_parts_and_days(tmp_path):
    makers.joint_csv(tmp_path / 'one')
    assert open_dataset(tmp_path / 'one/run2.csv').name(0) == 'run2'
    makers.joint_csv(tmp_path / 'two/train', 2)
    makers.joint_csv(tmp_path / 'two/val', 1)
    assert len(open_dataset(tmp_path / 'two', split='train')) == 2
    for day in range(4):
        makers.joint_csv(tmp_path / f'days/day{day}', 2)
    days = [
        {source.group for source in open_dataset(tmp_path / 'days', split=part).sources}
        for part in ('train', 'val')
    ]
    assert not days[0] & days[1] and days[0] | days[1] == {f'day{day}' for day in range(4)}


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.replace('\n0.2,', '\n0.2,x'), r'run1.csv line 4: elbow is "x0'),
        (lambda t: t.replace('\n0.2,', '\n0.2,7,'), 'line 4: 6 cells instead of 5'),
        (lambda t: t.replace('\n0.2,', '\n0.05,'), 'time goes back from 0.1 to 0.05'),
        (lambda t: t.replace('\n0.2,', '\n,'), 'sample 2 has no time'),
        (lambda t: t.replace('\n0.2,', '\n0.2,inf'), 'elbow is "inf'),
        (lambda t: t.split('\n')[0], 'holds no samples'),
        (lambda t: t.replace('elbow.velocity', 'x_temp').replace('elbow,', 'z_volt,'),
         'has no column of a joint'),
    ],
)  # fmt: skip
def test_bad_tables(tmp_path, edit, message):
    edited(makers.joint_csv(tmp_path) / 'run1.csv', edit)
    data = open_dataset(tmp_path)
    with pytest.raises(ValueError, match=message) as caught:
        data.read(1)
    assert 'run1.csv' in str(caught.value)
    assert [one.name for one in skips(tmp_path, 1).sources] == ['run0', 'run2']


def test_no_time_column_is_no_series(tmp_path):
    makers.table(tmp_path / 'a.csv', ['x', 'y'], [[1, 2]])
    refuses(tmp_path, r'joint_csv: <recording>.csv with a time column')
