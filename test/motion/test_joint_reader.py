"""Samples by name into one order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from factory_perception.motion.joint_reader import EFFORT, JointReader, POSITION, VELOCITY
from factory_perception.motion.oddities import Oddities

NAN = math.nan
CASES = {
    'in order': (['a', 'b'], [1, 2], [3, 4], [5, 6], [[1, 2], [3, 4], [5, 6]], {}),
    'swapped': (['b', 'a'], [2, 1], [4, 3], [6, 5], [[1, 2], [3, 4], [5, 6]], {'other_order'}),
    'one missing': (['b'], [2], [4], [6], [[NAN, 2], [NAN, 4], [NAN, 6]], {'missing_joint'}),
    'one more': (['a', 'x', 'b'], [1, 9, 2], [], [5, 9, 6],
                 [[1, 2], [NAN, NAN], [5, 6]], {'extra_joint', 'no_velocity'}),
    'twice': (['a', 'a', 'b'], [1, 9, 2], [3, 9, 4], [5, 9, 6],
              [[1, 2], [3, 4], [5, 6]], {'broken'}),
    'infinite': (['a', 'b'], [1, math.inf], [3, 4], [5, 6],
                 [[1, NAN], [3, 4], [5, 6]], {'no_position'}),
}  # fmt: skip


@pytest.mark.parametrize('names, q, v, e, expected, odd', CASES.values(), ids=CASES.keys())
def test_samples(names, q, v, e, expected, odd):
    oddities = Oddities()
    sample = JointReader(('a', 'b'), oddities).read(names, q, v, e)
    np.testing.assert_array_equal(sample, expected)
    assert {kind.value for kind in oddities.since({})} == set(odd)


def test_rows_have_names():
    assert (POSITION, VELOCITY, EFFORT) == (0, 1, 2)
