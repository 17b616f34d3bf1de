"""Alarms by m of n, cleared by good windows; sums that believe small excesses after a while."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.cusum import Cusum
from factory_perception.faults.latch import Latch


def test_two_of_three_raise_and_three_good_ones_clear():
    latch = Latch(2, 3, 3)
    bad = [0, 1, 0, 0, 1, 1, 0, 0, 0, 0]
    up = [bool(latch.update(np.array([flag], bool))[0]) for flag in bad]
    assert up == [False, False, False, False, False, True, True, True, False, False]


@pytest.mark.parametrize('numbers', [(0, 3, 1), (4, 3, 1), (1, 1, 0)])
def test_numbers_that_make_no_sense_are_refused(numbers):
    with pytest.raises(ValueError, match='windows'):
        Latch(*numbers)


@pytest.mark.parametrize(('ratio', 'frames'), [(2.0, 1), (1.25, 4), (1.0, None), (0.5, None)])
def test_large_excesses_are_believed_at_once_small_ones_later(ratio, frames):
    cusum = Cusum()
    alarms = [bool(cusum.update(np.array([ratio]))[0]) for _ in range(50)]
    assert (alarms.index(True) + 1 if True in alarms else None) == frames
