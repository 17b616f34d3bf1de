"""What the counts of a stream of joint states say about its health."""

from __future__ import annotations

import pytest

from factory_perception.bridge.diagnostic_msgs import Level
from factory_perception.motion.history import JointHistory
from factory_perception.motion.oddities import Oddity
from factory_perception.nodes import joint_health
from factory_perception.nodes.joint_health import JointHealth


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(joint_health.time, 'monotonic', lambda: now[0])
    return now


def second(clock, names=('a', 'b'), odd=(), publishers=('/robot',), trouble='', note='', count=50):
    history = JointHistory(('a', 'b'))
    health = JointHealth('joints', '/joint_states', 1.5, history)
    for _ in range(count):
        health.count_received(list(names))
    for kind in odd:
        history.oddities.note(kind, 'the last case')
    clock[0] += 1.0
    return health.status('nobody publishes', list(publishers), 'the model m@1', trouble, note)


CASES = {
    'well': ({}, Level.OK, '50 samples/s'),
    'worth knowing': ({'odd': [Oddity.NO_EFFORT]}, Level.OK, 'no effort is published'),
    'wrong': ({'odd': [Oddity.JUMP]}, Level.WARN, 'than any drive moves (the last case)'),
    'two': ({'publishers': ('/x', '/y')}, Level.OK, '2 publishers: /x, /y'),
    'two in each other\'s way': ({'publishers': ('/x', '/y'), 'odd': [Oddity.LATE]}, Level.WARN,
                                 '2 publishers: /x, /y; samples are older'),
    'other joints': ({'names': ('b', 'c')}, Level.ERROR,
                     'm@1 is for the joints a, b; /joint_states has b, c'),
    'no plan': ({'trouble': 'no plan'}, Level.ERROR, 'no plan'),
    'still': ({'note': 'stands still'}, Level.OK, '50 samples/s; stands still'),
}  # fmt: skip


@pytest.mark.parametrize('change, level, text', CASES.values(), ids=CASES.keys())
def test_levels(clock, change, level, text):
    status = second(clock, **change)
    assert status.level == level and text in status.message
    assert status.values['publishers'] == len(change.get('publishers', [1]))


def test_silence(clock):
    health = JointHealth('joints', '/joint_states', 1.5, JointHistory(('a',)))
    clock[0] += 2.0
    status = health.status('nobody publishes', [], 'm', '', '')
    assert (
        status.level == Level.ERROR and 'no joint state for 2 s: nobody publishes' in status.message
    )


def test_names_that_somebody_makes_up_take_bounded_memory(clock):
    health = JointHealth('joints', '/joint_states', 1.5, JointHistory(('a',)))
    for number in range(1000):
        health.count_received([f'x{number}'])
    assert len(health.names) <= 64
