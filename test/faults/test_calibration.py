"""The healthy state: learned, packed, read again."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.calibration import (
    calibrate,
    CalibrationError,
    stack_frames,
    unpack_calibration,
)
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
