"""Jumps of positions."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.jumps import JumpFilter
from factory_perception.motion.oddities import Oddities, Oddity

MS = 1_000_000


def judge(positions, max_speed=20.0):
    """Give what is left of each sample, and whether it settled."""
    oddities = Oddities()
    jumps = JumpFilter(max_speed, ('a', 'b'), oddities)
    before = np.zeros(2)
    found = []
    for position in positions:
        sample = np.array(position, float)
        settled = jumps.settles(sample, before, 5 * MS)
        found.append((np.isnan(sample).tolist(), settled))
        before = np.where(np.isnan(sample), before, sample)
    return found, oddities.counts[Oddity.JUMP]


def test_one_wild_value_leaves_the_other_joint_alone():
    found, count = judge([(0.05, 0.1), (253.0, 0.12), (0.06, 0.14)])
    assert found == [([False] * 2, False), ([True, False], False), ([False] * 2, False)]
    assert count == 1


def test_three_in_a_row_are_believed():
    found, count = judge([(5.0, 0.0)] * 3)
    assert found[-1] == ([False, False], True) and count == 3


def test_infinite_speed_believes_everything():
    assert judge([(1e9, 0.0)], np.inf)[1] == 0


def test_unknown_positions_are_no_jumps():
    assert judge([(np.nan, np.nan)])[1] == 0
