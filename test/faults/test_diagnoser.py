"""One robot from samples to verdicts, with everything that a stream can do."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.calibration import CalibrationError
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from test.faults.robot import healthy, JOINTS, Samples, STEP_S

ZERO_NS = 1_700_000_000_000_000_000


@pytest.fixture(scope='module')
def calibration():
    return healthy(60.0)


def _feed(diagnoser, samples, from_s=0.0, names=JOINTS, keep=lambda number: True):
    """Feed samples; give (time, part, fault) whenever a block was complete."""
    order = [JOINTS.index(name) if name in JOINTS else None for name in names]
    found = []
    for number in range(len(samples.position)):
        if not keep(number):
            continue
        stamp = ZERO_NS + round((from_s + (number + 1) * STEP_S) * 1e9)
        rows = [
            [0.0 if place is None else float(channel[number, place]) for place in order]
            for channel in (samples.position, samples.velocity, samples.effort)
        ]
        diagnoser.add_reference(stamp, JOINTS, samples.reference[number].tolist())
        if diagnoser.add(stamp, names, *rows, stamp):
            found += [(from_s + number * STEP_S, one.part, one.fault) for one in diagnoser.verdicts]
    return found


def test_limits_are_learned_from_the_first_seconds_and_kept():
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=30.0))
    learned = []
    diagnoser.calibrated = learned.append
    assert not _feed(diagnoser, Samples(34.0))
    assert diagnoser.progress == 1.0
    assert learned[0].joints == JOINTS
    samples = Samples(10.0, 3)
    samples.position[1250:, 0] += 0.03
    found = _feed(diagnoser, samples, from_s=40.0)
    assert {(part, fault) for time, part, fault in found if time < 46.0} == {
        ('base', 'encoder_bias')
    }


@pytest.mark.parametrize(
    ('names', 'keep'),
    [
        (('arm', 'base'), lambda number: True),
        (('finger', 'base', 'arm'), lambda number: True),
        (JOINTS, lambda number: number % 10 != 3),
        (JOINTS, lambda number: not 1000 < number < 1030),
    ],
    ids=['other order', 'one more joint', 'one in ten lost', 'a hole'],
)
def test_streams_of_healthy_robots_may_be_odd(calibration, names, keep):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    assert not _feed(diagnoser, Samples(12.0, 4), names=names, keep=keep)
    assert diagnoser.calibration is not None


def test_a_clock_that_jumps_back_begins_anew_and_is_told(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    _feed(diagnoser, Samples(5.0, 4))
    assert not _feed(diagnoser, Samples(5.0, 5), from_s=-100.0)
    told = diagnoser.stream_verdicts(diagnoser.received_ns)
    assert [one.fault for one in told] == ['stream_clock']


def test_a_silent_stream_is_stale(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(timeout_s=0.5), calibration)
    _feed(diagnoser, Samples(2.0, 4))
    now = diagnoser.received_ns
    assert not diagnoser.stream_verdicts(now + 400_000_000)
    stale = diagnoser.stream_verdicts(now + 600_000_000)
    assert [one.fault for one in stale] == ['stream_stale']
    assert stale[0].value == pytest.approx(0.6)


def test_missing_values_are_told_before_anything_is_learned():
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings())
    samples = Samples(4.0)
    samples.position[600:, 1] = np.nan
    found = _feed(diagnoser, samples)
    assert {(part, fault) for _, part, fault in found} == {('arm', 'sensor_dropout')}
    assert min(time for time, _, _ in found) < 2.6


def test_limits_of_other_joints_are_refused_with_both_lists(calibration):
    with pytest.raises(CalibrationError, match='base, arm; the robot has left, right'):
        Diagnoser(['left', 'right'], DiagnoserSettings(), calibration)


def test_a_stream_that_is_too_slow_for_the_limits_is_not_judged_by_them(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    _feed(diagnoser, Samples(12.0, 4), keep=lambda number: number % 4 == 0)
    assert '62 Hz' in diagnoser.trouble
    assert diagnoser.calibration is None
