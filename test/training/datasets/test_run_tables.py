"""Many short runs in three tables."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.run_tables(tmp_path))
    assert (data.task, len(data), data.labels) == ('fault', 6, ('stuck',))
    healthy, stuck = data.read(0), data.read(1)
    assert healthy.intervals == () and healthy.joints.position[0].tolist() == [500, 300]
    [interval] = stuck.intervals
    assert (interval.label, interval.joint, interval.start_s) == ('stuck', 'm2', 0)
    assert stuck.commands.position.tolist() == [[520, 280]]
    assert stuck.commands.duration_s.tolist() == [[0.4, 0.8]]
    assert stuck.facts['traj'] == '0'


def test_one_commanded_path_stays_together(tmp_path):
    makers.run_tables(tmp_path, 40)
    paths = [
        {source.group for source in open_dataset(tmp_path, split=part).sources}
        for part in ('train', 'val')
    ]
    assert not paths[0] & paths[1] and len(paths[0] | paths[1]) == 20 and len(paths[1]) >= 3


def test_misread_values_are_missing(tmp_path):
    edited(makers.run_tables(tmp_path) / 'positions.csv', lambda t: t.replace('501', '-16000', 1))
    run = open_dataset(tmp_path).read(0)
    assert np.isnan(run.joints.position[1, 0]) and np.isnan(run.joints.position).sum() == 1
    assert run.facts['misread_values'] == '1'


@pytest.mark.parametrize(
    ('file', 'edit', 'message'),
    [
        ('runs.csv', lambda t: t + '77,stuck,m1,3\n', 'run 77 is not in positions.csv'),
        ('runs.csv', lambda t: t.replace('stuck,m2', 'stuck,m9', 1), 'blames "m9", which is no'),
        ('positions.csv', lambda t: t.replace('501', 'x', 1), r'positions.csv line 3: m1 is "x"'),
        ('commands.csv', lambda t: t.replace('800', 'x', 1), r'csv line 2: dur2_ms is "x"'),
    ],
)  # fmt: skip
def test_bad_tables(tmp_path, file, edit, message):
    edited(makers.run_tables(tmp_path) / file, edit)
    refuses(tmp_path, message)
    assert len(skips(tmp_path, 1)) in (5, 6)


def test_real_set():
    data = open_dataset(data_folder('armpi_joint_faults'))
    assert len(data) == 148 and data.labels == ('steady_state_error', 'stuck')
    runs = [data.read(n) for n in range(len(data))]
    faults = Counter(run.intervals[0].label if run.intervals else 'healthy' for run in runs)
    assert faults == {'healthy': 29, 'stuck': 47, 'steady_state_error': 72}
    assert sum(len(run.joints.time_s) for run in runs) == 12027
    assert {run.joints.names for run in runs} == {('m1', 'm2', 'm3', 'm4', 'm5', 'm6')}
    misread = [int(np.isnan(run.joints.position).sum()) for run in runs]
    assert sum(misread) == sum(int(run.facts['misread_values']) for run in runs) == 99
    assert all(run.commands is not None and len(run.commands.time_s) for run in runs)
