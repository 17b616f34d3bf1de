"""The joint history: rows at a fixed step, whatever comes in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from factory_perception.motion.history import HistorySettings, JointHistory
from factory_perception.motion.joint_reader import EFFORT, POSITION, VELOCITY
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.oddities import Oddity

JOINTS = ('a', 'b')
MS = 1_000_000
SECOND = 1000 * MS


def feed(history: JointHistory, stamps_ns, q=lambda t: (t, 2 * t), **changes):
    """Give samples of two joints that move steadily; return the rows that each completed."""
    made = []
    for stamp in stamps_ns:
        sample = {
            'names': JOINTS,
            'position': q(stamp * 1e-9),
            'velocity': (1.0, 2.0),
            'effort': (3.0, 4.0),
            'received_ns': stamp,
        } | changes
        made.append(history.add(JointSample(stamp, **sample)))
    return made


def odd(history: JointHistory) -> dict[str, int]:
    return {kind.value: count for kind, count in history.oddities.since({}).items()}


@pytest.mark.parametrize('rate_hz', [25, 100, 125, 500, 1000])
def test_any_rate_becomes_the_same_rows(rate_hz):
    history = JointHistory(JOINTS)
    stamps = SECOND + np.arange(rate_hz) * SECOND // rate_hz
    made = feed(history, stamps.tolist())
    rows = history.window(50)
    expected = history.stamp_ns * 1e-9 - np.arange(49, -1, -1) * 0.01
    np.testing.assert_allclose(rows[:, POSITION, 0], expected, atol=1e-9)
    np.testing.assert_allclose(rows[:, POSITION, 1], 2 * expected, atol=1e-9)
    np.testing.assert_allclose(rows[:, VELOCITY], [[1, 2]] * 50)
    np.testing.assert_allclose(rows[:, EFFORT], [[3, 4]] * 50)
    assert sum(made) == len(history) and odd(history) == {}
    assert 0 <= stamps[-1] - history.stamp_ns < 10 * MS


def test_jitter_is_taken_out():
    history = JointHistory(JOINTS)
    stamps = SECOND + np.arange(300) * 2 * MS + np.random.default_rng(1).integers(0, MS, 300)
    feed(history, stamps.tolist())
    steps = np.diff(history.window(40)[:, POSITION, 0])
    np.testing.assert_allclose(steps, 0.01, atol=1e-9)


def test_joints_are_read_by_name_and_what_is_odd_is_told():
    history = JointHistory(JOINTS)
    for stamp in range(SECOND, SECOND + 50 * MS, 5 * MS):
        history.add(JointSample(stamp, ['x', 'b', 'a'], [9, 2, 1], [9, 0, 0], [9, 5, 6], stamp))
    rows = history.window(3)
    np.testing.assert_allclose(rows[-1], [[1, 2], [0, 0], [6, 5]])
    assert odd(history) == {'extra_joint': 10, 'other_order': 10}
    assert history.oddities.details[Oddity.EXTRA_JOINT] == 'x'


def test_a_missing_joint_keeps_its_last_value_for_a_moment_only():
    history = JointHistory(JOINTS, HistorySettings(max_gap_ns=100 * MS))
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    for stamp in range(SECOND + 50 * MS, SECOND + 300 * MS, 5 * MS):
        history.add(JointSample(stamp, ['a'], [1.0], [0.0], [1.0], stamp))
        if stamp == SECOND + 100 * MS:
            assert history.window(1)[0, POSITION].tolist() == [1.0, 2.0]
    assert np.isnan(history.window(1)[0, POSITION, 1])
    assert history.window(1)[0, POSITION, 0] == 1.0
    assert odd(history)['missing_joint'] == 50
    assert 'without b' in history.oddities.sentence(Oddity.MISSING_JOINT)


def test_joints_published_in_two_messages_are_joined():
    history = JointHistory(JOINTS)
    for stamp in range(SECOND, SECOND + 200 * MS, 5 * MS):
        history.add(JointSample(stamp, ['a'], [1.0], [], [], stamp))
        history.add(JointSample(stamp + MS, ['b'], [2.0], [], [], stamp))
    assert history.window(1)[0, POSITION].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    'effort, known', [((), False), ((0.0, 0.0), False), ((math.nan,) * 2, False), ((0, 1), True)]
)
def test_effort_that_is_none(effort, known):
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), effort=effort)
    assert np.isfinite(history.window(1)[0, EFFORT]).all() == known
    assert ('no_effort' in odd(history)) == (not known)


def test_zero_effort_after_real_effort_is_a_value():
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS))
    feed(history, range(SECOND + 50 * MS, SECOND + 100 * MS, 5 * MS), effort=(0.0, 0.0))
    assert history.window(1)[0, EFFORT].tolist() == [0.0, 0.0]


def test_velocity_that_nobody_publishes_is_taken_from_positions():
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 100 * MS, 5 * MS), velocity=())
    np.testing.assert_allclose(history.window(3)[:, VELOCITY], [[1, 2]] * 3, atol=1e-9)
    assert odd(history)['no_velocity'] == 20


def test_positions_that_are_no_numbers():
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    feed(
        history, range(SECOND + 50 * MS, SECOND + 80 * MS, 5 * MS), q=lambda t: (math.inf, math.nan)
    )
    assert history.window(1)[0, POSITION].tolist() == [1.0, 2.0]
    assert history.oddities.details[Oddity.NO_POSITION] == 'a, b'


def test_one_wild_sample_is_left_out():
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    feed(history, [SECOND + 50 * MS], q=lambda t: (254.0, 2.0))
    feed(history, range(SECOND + 55 * MS, SECOND + 100 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    assert (history.window(8)[:, POSITION] == [1.0, 2.0]).all()
    assert odd(history) == {'jump': 1} and history.resets == 0
    assert 'a from 1 to 254' in history.oddities.sentence(Oddity.JUMP)


def test_a_joint_that_stays_elsewhere_is_believed():
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    feed(history, range(SECOND + 50 * MS, SECOND + 150 * MS, 5 * MS), q=lambda t: (254.0, 2.0))
    assert history.window(3)[0, POSITION].tolist() == [254.0, 2.0]
    assert odd(history) == {'jump': 3} and history.resets == 1


@pytest.mark.parametrize(
    'stamp, kind, resets',
    [
        (SECOND + 45 * MS, 'duplicate_stamp', 0),
        (SECOND + 40 * MS, 'late', 0),
        (5 * MS, 'clock_back', 1),
        (9 * SECOND, 'gap', 1),
    ],
)
def test_odd_stamps(stamp, kind, resets):
    history = JointHistory(JOINTS)
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    feed(history, [stamp], q=lambda t: (1.0, 2.0))
    assert odd(history) == {kind: 1} and history.resets == resets
    assert len(history) == (0 if resets else 4)
    feed(history, range(stamp + 5 * MS, stamp + 300 * MS, 5 * MS), q=lambda t: (1.0, 2.0))
    assert len(history) > 20


def test_zero_stamps_go_by_the_time_of_arrival():
    history = JointHistory(JOINTS)
    for k in range(20):
        history.add(JointSample(0, JOINTS, (k * 0.005, 0), (), (), SECOND + k * 5 * MS))
    np.testing.assert_allclose(np.diff(history.window(5)[:, POSITION, 0]), 0.01, atol=1e-9)
    assert odd(history)['no_stamp'] == 20


def test_a_clock_that_has_not_begun():
    history = JointHistory(JOINTS)
    assert history.add(JointSample(0, JOINTS, (0, 0), (), (), 0)) == 0
    feed(history, range(SECOND, SECOND + 50 * MS, 5 * MS))
    assert len(history) == 4


@pytest.mark.parametrize(
    'change', [{'position': ()}, {'position': (1.0,)}, {'velocity': (1.0,)}, {'effort': (1.0,)}]
)
def test_samples_of_wrong_length_are_left_out(change):
    history = JointHistory(JOINTS)
    feed(history, [SECOND], **change)
    assert odd(history) == {'broken': 1} and history.sample is None


def test_samples_of_other_joints_are_none_of_our_business():
    history = JointHistory(JOINTS)
    assert history.add(JointSample(SECOND, ['g'], [1.0], [], [], SECOND)) == 0
    assert odd(history) == {}


def test_many_lists_of_names_take_bounded_memory():
    history = JointHistory(JOINTS)
    for k in range(1000):
        history.add(JointSample(SECOND + k * MS, ['a', 'b', f'x{k}'], [0, 0, 0], [], [], SECOND))
    assert len(history._reader._orders) <= 16


def test_joints_must_be_named_once():
    with pytest.raises(ValueError, match='once each: a, a'):
        JointHistory(('a', 'a'))
