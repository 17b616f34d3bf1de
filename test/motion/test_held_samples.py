"""Samples wait until one of them completes something, and nothing else changes by that."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.held_samples import HeldSamples
from factory_perception.motion.history import HistorySettings, JointHistory
from factory_perception.motion.joint_sample import JointSample

NAMES = ['a', 'b']
STEPS_MS = (2, 2, 2, 2, 3, 7, 0, -4, 700, -900)


def sample(stamp_ns, value=0.0):
    return JointSample(stamp_ns, NAMES, [value, value], [], [], stamp_ns)


def stamps(samples):
    return [one.stamp_ns for one in samples]


def test_samples_wait_for_the_one_that_is_due():
    held = HeldSamples()
    assert [stamps(held.add(sample(t), 10)) for t in (3, 6, 9)] == [[], [], []]
    assert stamps(held.add(sample(12), 10)) == [3, 6, 9, 12]
    assert stamps(held.add(sample(14), 20)) == []


@pytest.mark.parametrize('strange', [5, 4, 0, -1])
def test_a_stamp_that_does_not_rise_lets_nothing_wait(strange):
    held = HeldSamples()
    held.add(sample(5), 10)
    assert stamps(held.add(sample(strange), 10)) == [5, strange]


def test_nothing_waits_without_a_time_to_wait_for():
    assert stamps(HeldSamples().add(sample(3), 0)) == [3]


def test_no_more_wait_than_there_is_room_for():
    held = HeldSamples()
    longest = max(len(held.add(sample(t), 10**9)) for t in range(1, 1000))
    assert longest == 64


@pytest.mark.parametrize('seed', range(5))
def test_a_history_is_the_same_with_and_without_waiting(seed):
    """Stamps jitter, repeat, go back and leave gaps; positions jump and are missing."""
    rng = np.random.default_rng(seed)
    now, series = 10**9, []
    for _ in range(2000):
        now += int(
            rng.choice([2, 2, 2, 2, 3, 7, 0, -4, 700, -900], p=[0.12] * 8 + [0.02] * 2) * 1e6
        )
        value = np.sin(now * 1e-9) + rng.choice([0.0, 300.0, np.nan], p=[0.96, 0.02, 0.02])
        series.append(sample(now, value))
    at_once, waiting = (
        JointHistory(NAMES, HistorySettings()),
        JointHistory(NAMES, HistorySettings()),
    )
    held, rows, rows_later = HeldSamples(), 0, 0
    for one in series:
        made = at_once.add(one)
        ready = held.add(one, waiting.due_ns)
        made_later = sum(waiting.add(each) for each in ready)
        rows, rows_later = rows + made, rows_later + made_later
        assert rows == rows_later  # no row comes later than it would
        if made:
            assert np.array_equal(at_once.window(1), waiting.window(1), equal_nan=True)
    assert rows > 200 and at_once.resets == waiting.resets > 10
    for one in (sample(now, 0.0), sample(now - 10**7, 0.0)):  # the last that wait come along
        at_once.add(one)
        for each in held.add(one, waiting.due_ns):
            waiting.add(each)
    assert at_once.oddities.counts == waiting.oddities.counts
