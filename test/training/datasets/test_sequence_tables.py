"""One table a sequence and a list of them."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.sequence_tables(tmp_path))
    assert (data.task, len(data), data.labels) == ('fault', 4, ('over_temperature',))
    first, _, suspect, unlabelled = (data.read(n) for n in range(4))
    assert first.joints.position[:3, 0].tolist() == [500, 501, 502]
    assert first.channels['m1.temperature'][0] == 30 and first.channels['m1.voltage'][0] == 7300
    [interval] = first.intervals
    assert (interval.label, interval.joint) == ('over_temperature', 'm1')
    assert (interval.start_s, interval.end_s) == pytest.approx((0.5, 0.8))
    assert first.label_columns['m1.label'].sum() == 3
    assert suspect.intervals is None and not suspect.label_columns
    assert unlabelled.intervals is None
    assert [problem.kind for problem in data.problems] == ['label-suspect']


def test_one_day_stays_together(tmp_path):
    makers.sequence_tables(tmp_path)
    days = [
        {source.name[:8] for source in open_dataset(tmp_path, split=part).sources}
        for part in ('train', 'val')
    ]
    assert not days[0] & days[1] and len(days[0] | days[1]) == 3


def test_missing_and_broken_sequences(tmp_path):
    edited(makers.sequence_tables(tmp_path) / 'sequences.csv', lambda t: t + '../x,3,ok\ny,3,ok\n')
    refuses(tmp_path, 'leads out of the data folder')
    (tmp_path / 'sequences/20240101_100000.csv.gz').write_bytes(b'\x1f\x8bbroken')
    data = skips(tmp_path, 3)
    assert [source.name[:8] for source in data.sources] == ['20240101', '20240102', '20240103']


def test_real_set():
    data = open_dataset(data_folder('armpi_motor_condition'))
    sequences = [data.read(n) for n in range(len(data))]
    assert len(data) == 44 and data.labels == ('over_temperature',)
    assert sum(one.intervals is None for one in sequences) == 8 + 6  # unlabelled, suspect
    for one in sequences:
        assert len(one.joints.time_s) == int(one.facts['rows'])
        if one.intervals is not None:
            for joint in one.joints.names:
                rows = int(one.label_columns[f'{joint}.label'].sum())
                assert rows == int(one.facts[f'{joint}_fault_rows'])
    temperatures = np.concatenate([one.channels['m6.temperature'] for one in sequences])
    assert np.nanmin(temperatures) > 15 and np.nanmax(temperatures) < 100
