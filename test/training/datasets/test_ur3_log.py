"""The log of a UR robot."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.training.datasets.series import LabelInterval
from factory_perception.training.datasets.ur3_log import JOINTS
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses


def test_values(tmp_path):
    data = open_dataset(makers.ur3_log(tmp_path))
    assert (data.task, len(data)) == ('fault', 2)
    assert data.labels == ('protective_stop', 'grip_loss')
    first, second = data.read(0), data.read(1)
    assert first.joints.names == ('shoulder_pan_joint',) and first.joints.time_s[:3].tolist() == [
        0,
        1,
        2,
    ]
    assert second.joints.time_s[0] == 15
    assert first.joints.effort[4, 0] == pytest.approx(0.4) and first.joints.velocity[4, 0] == -1
    assert np.isnan(first.joints.position).all() and first.channels['tool_current'][0] == 0.2
    assert first.intervals == (LabelInterval('protective_stop', 10, 12),)
    assert np.isnan(first.label_columns['protective_stop'][3]) and second.intervals == ()


def test_pauses_divide_where_no_session_is_given(tmp_path):
    makers.ur3_log(tmp_path)
    edited(tmp_path / 'log.csv', lambda t: t.replace('session', 'x').replace(':17:2', ':18:2'))
    data = open_dataset(tmp_path)
    assert [len(data.read(n).joints.time_s) for n in range(2)] == [20, 10]


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.replace('2022-10-26T08:17:02', '26.10.2022', 1), 'line 4: Timestamp is'),
        (lambda t: t.replace(',27.5,', ',warm,', 1), 'line 2: Temperature_J0 is "warm"'),
    ],
)  # fmt: skip
def test_bad_cells(tmp_path, edit, message):
    edited(makers.ur3_log(tmp_path) / 'log.csv', edit)
    with pytest.raises(ValueError, match=message):
        open_dataset(tmp_path).read(0)


def test_parts_must_be_there(tmp_path):
    makers.ur3_log(tmp_path)
    edited(tmp_path / 'log.csv', lambda t: t.replace('session', 'x'))
    refuses(tmp_path, r'has no part "val" \(no val: one recording cannot be divided', split='val')


def test_cycles_stay_whole(tmp_path):
    makers.ur3_log(tmp_path)
    rows = (tmp_path / 'log.csv').read_text().splitlines()
    cycle = rows[0].split(',').index('cycle')
    for place, row in enumerate(rows[1:], 1):
        cells = row.split(',')
        cells[cycle] = str(12 + place // 3)
        rows[place] = ','.join(cells)
    (tmp_path / 'log.csv').write_text('\n'.join(rows) + '\n')
    data = open_dataset(tmp_path)
    assert [data.name(n) for n in range(len(data))] == [
        'session 0 cycles 1 to 15', 'session 0 cycles 16 to 30', 'session 1 cycles 16 to 30',
    ]  # fmt: skip
    assert [len(data.read(n).joints.time_s) for n in range(3)] == [11, 4, 15]


def test_real_set():
    data = open_dataset(data_folder('ur3_cobotops'))
    pieces = [data.read(n) for n in range(len(data))]
    assert sum(len(one.joints.time_s) for one in pieces) == 5269
    labels = [interval.label for one in pieces for interval in one.intervals]
    assert (labels.count('protective_stop'), labels.count('grip_loss')) == (52, 55)
    assert {one.joints.names for one in pieces} == {JOINTS}
