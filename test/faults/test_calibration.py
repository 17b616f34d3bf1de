"""The healthy state: learned, packed, read again."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from factory_perception.faults.calibration import (
    calibrate,
    CalibrationError,
    growth,
    stack_frames,
    unpack_calibration,
)
from factory_perception.faults.frame import Frame
from factory_perception.faults.watches import WATCHES
from test.faults.robot import FRAME_S, frames, healthy, JOINTS, Samples, STEP_S


def test_packed_and_read_again_it_is_the_same():
    made = healthy(20.0)
    read = unpack_calibration(made.pack(), 'it')
    assert read.joints == JOINTS
    assert read.reference
    assert np.array_equal(read.limits, made.limits)
    frame = frames(Samples(1.0, 3))[7]
    assert np.array_equal(read.model.marks(frame), made.model.marks(frame))


@pytest.mark.parametrize('data', [b'', b'no archive', b'PK\x03\x04 cut off'])
def test_what_is_no_calibration_is_refused(data):
    with pytest.raises(CalibrationError, match='calibrate again'):
        unpack_calibration(data, 'limits.npz')


@pytest.mark.parametrize('seconds', [2.0, 30.0])
def test_too_little_motion_is_told_in_seconds(seconds):
    samples = Samples(seconds)
    if seconds > 10:  # long enough, but it stands still
        samples.position[:] = samples.position[0]
        samples.velocity[:] = 0.0
    with pytest.raises(CalibrationError, match='s of motion'):
        calibrate(JOINTS, STEP_S, FRAME_S, stack_frames(frames(samples)))


def test_a_robot_without_effort_and_reference_can_be_learned():
    samples = Samples(20.0)
    samples.effort[:] = np.nan
    samples.reference[:] = np.nan
    made = calibrate(JOINTS, STEP_S, FRAME_S, stack_frames(frames(samples)))
    assert not made.reference
    assert np.isfinite(made.limits).all()
    assert np.isfinite(made.model.marks(frames(samples)[9])).all()


def test_limits_of_a_short_lesson_are_wider_and_those_of_slow_trends_most_of_all():
    short, hour, days = growth(120.0), growth(3600.0), growth(1e6)
    assert (short > hour).all() and (hour > 1.0).all() and (days == 1.0).all()
    names = [watch.name for watch in WATCHES]
    assert short[names.index('load')] == pytest.approx((np.log(6000) / np.log(20)) ** 0.5)
    assert short[names.index('knock')] == pytest.approx((np.log(450_000) / np.log(1500)) ** 0.5)
    assert np.isfinite(growth(1.0)).all()


def test_two_robots_beside_each_other_count_as_twice_the_time():
    one = stack_frames(frames(Samples(20.0)))
    both = Frame(*(np.stack([getattr(one, item.name)] * 2, axis=1) for item in fields(Frame)))
    load = [watch.name for watch in WATCHES].index('load')
    alone, beside = (calibrate(JOINTS, STEP_S, FRAME_S, seen, 99.0).limits for seen in (one, both))
    ratio = growth(40.0)[load] / growth(20.0)[load]
    assert beside[:, load] / alone[:, load] == pytest.approx(ratio, rel=1e-3)


def test_limits_of_one_robot_alone_come_from_motions_that_taught_nothing():
    samples = Samples(30.0)
    samples.effort[samples.rows(0, 5)] += 3.0  # the first of six parts is like no other
    seen = stack_frames(frames(samples))
    usual, alone = (
        calibrate(JOINTS, STEP_S, FRAME_S, seen, alone=alone).limits for alone in (False, True)
    )
    effort = [watch.name for watch in WATCHES].index('load')
    assert (alone[:, effort] > 1.05 * usual[:, effort]).all()
    missing = [watch.name for watch in WATCHES].index('missing')
    assert np.array_equal(alone[:, missing], usual[:, missing])
