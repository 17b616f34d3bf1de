"""Stamps, one after the other, and what they are good for."""

from __future__ import annotations

import pytest

from factory_perception.motion.oddities import Oddities
from factory_perception.motion.sample_clock import SampleClock

MS = 1_000_000
CASES = {
    'on time': ([1000, 1010], (True, False), {}),
    'again': ([1000, 1000], (False, False), {'duplicate_stamp': 1}),
    'a little late': ([1000, 990], (False, False), {'late': 1}),
    'back': ([1000, 100], (True, True), {'clock_back': 1}),
    'after a gap': ([1000, 1600], (True, True), {'gap': 1}),
    'never set': ([0, 0], (True, False), {'no_stamp': 2}),
    'a wild one, and home again': ([1000, 9_000_000, 1010], (True, True),
                                   {'gap': 1, 'clock_back': 1}),
}  # fmt: skip


@pytest.mark.parametrize('stamps_ms, last, odd', CASES.values(), ids=CASES.keys())
def test_stamps(stamps_ms, last, odd):
    oddities = Oddities()
    clock = SampleClock(500 * MS, oddities)
    for place, stamp in enumerate(stamps_ms):
        verdict = clock.judge(stamp * MS, (5000 + 10 * place) * MS)
    assert (verdict.usable, verdict.anew) == last
    assert {kind.value: count for kind, count in oddities.since({}).items()} == odd
    if stamps_ms == [0, 0]:
        assert verdict.stamp_ns == 5010 * MS
