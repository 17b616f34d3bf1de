"""How far joints go along with what they are told."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.following import Following
from factory_perception.faults.frame import Block, FrameMaker

STEP_S = 0.1
#: One joint that follows, one that is led aside, one that stands, one half as far, one not told.
FOLLOWS = (1.0, 1.0, 0.0, 0.5, 0.0)


def frames(count=150, shift=0.0):
    """Give frames of five joints whose reference swings by 0.2 rad, the last not at all."""
    maker = FrameMaker(STEP_S, 1)
    for number in range(count):
        told = 1.0 + 0.2 * np.sin(number * STEP_S)
        reference = np.array([[told, told, told, told, 1.0]]) + shift
        position = np.array([[told, told + 0.15, 1.1, 1.0 + (told - 1.0) / 2, 1.0]]) + shift
        absent = np.full_like(position, np.nan)
        yield maker.make(Block(position, absent, absent, reference))


def test_the_share_of_the_motion_that_was_asked_for():
    following = Following(STEP_S)
    found = [following.update(frame) for frame in frames()][-1]
    assert found[:, 0] == pytest.approx(FOLLOWS, abs=0.02)
    assert found[:4, 1] == pytest.approx(0.14, abs=0.03) and found[4, 1] == pytest.approx(0)


def test_where_a_joint_is_does_not_matter():
    here, there = Following(STEP_S), Following(STEP_S)
    for one, other in zip(frames(), frames(shift=2.0)):
        assert there.update(other) == pytest.approx(here.update(one), abs=1e-6)


def test_without_a_reference_nothing_is_said_and_a_late_one_counts_from_then_on():
    following, found = Following(STEP_S), []
    for number, frame in enumerate(frames(300)):
        if number < 100:
            frame.tracking[:] = np.nan
        found.append(following.update(frame))
    assert not np.any(found[:101])
    assert found[-1][:, 0] == pytest.approx(FOLLOWS, abs=0.02)
    following.reset()
    assert not following.update(frame).any()


def test_many_robots_are_the_same_as_each_alone():
    alone, beside = Following(STEP_S), Following(STEP_S)
    for frame in frames(30):
        both = type(frame)(*(np.stack([values, values]) for values in vars(frame).values()))
        found = beside.update(both)
        assert found[1] == pytest.approx(alone.update(frame))
