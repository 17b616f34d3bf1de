"""What all recordings have in common: labels as stretches, and what makes one unusable."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.datasets.series import (
    empty_joints,
    intervals_of,
    LabelInterval,
    Recording,
)
from factory_perception.training.datasets.series_set import read_source, Source

NAN = float('nan')


def recording(time_s, position=None, **more):
    time_s = np.array(time_s, float)
    values = np.zeros((len(time_s), 1)) if position is None else np.array(position, float)[:, None]
    nothing = np.full_like(values, NAN)
    return Recording('one', JointTable(('a',), time_s, values, nothing, nothing), **more)


def source(made):
    return Source('one', 'one.csv', lambda: made, 'one', ())


@pytest.mark.parametrize(
    ('values', 'stretches'),
    [
        ([0, 0, 0, 0], []),
        ([0, 1, 1, 0], [(1, 3)]),
        ([1, 0, 0, 1], [(0, 1), (3, 4)]),
        ([1, 1, 1, 1], [(0, 4)]),
        ([NAN, 2, NAN, 1], [(1, 2), (3, 4)]),
    ],
)
def test_intervals(values, stretches):
    found = intervals_of(np.arange(4.0), np.array(values, float), 'stop', 'elbow')
    assert found == [LabelInterval('stop', a, b, 'elbow') for a, b in stretches]


@pytest.mark.parametrize(
    ('made', 'message'),
    [
        (recording([0]), r'^one.csv: one: 1 samples'),
        (recording([0, NAN, 2]), 'sample 1 has no time'),
        (recording([0, 2, 1]), 'time goes back from 2 to 1 at sample 2'),
        (recording([0, 1, 2], [0, np.inf, 0]), r'a.position is infinite at sample 1'),
        (recording([0, 1], channels={'v': np.array([-np.inf, 0])}), 'v is infinite at sample 0'),
    ],
)
def test_unusable(made, message):
    with pytest.raises(DatasetError, match=message):
        read_source(source(made))


def test_usable_with_gaps_and_missing_values():
    made = recording([0, 0, 5], [1, NAN, 2])
    assert read_source(source(made)) is made and made.duration_s == 5
    assert empty_joints(np.arange(3.0)).position.shape == (3, 0)
