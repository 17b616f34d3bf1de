"""One robot from samples to verdicts, with everything that a stream can do."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.calibration import CalibrationError
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.oddities import Oddity
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
        if diagnoser.add(JointSample(stamp, names, *rows, stamp)):
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


def test_a_stream_whose_samples_wait_for_their_block_is_not_stale(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(timeout_s=0.006), calibration)
    samples = Samples(4.0, 4)
    _feed(diagnoser, samples)
    begun, ages = ZERO_NS + round(4.0 * 1e9), []
    for tick in range(20):
        now = begun + round((tick + 1) * STEP_S * 1e9)
        last = samples.position[-1], samples.velocity[-1]
        diagnoser.add(JointSample(now, JOINTS, *last, (), now))
        ages.append(diagnoser.stream_verdicts(now))
    assert not any(ages)


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


def test_limits_of_a_stream_that_happens_to_be_slow_do_not_replace_those_of_before(calibration):
    diagnoser, kept = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=20.0), calibration), []
    diagnoser.calibrated = kept.append
    _feed(diagnoser, Samples(24.0, 4), keep=lambda number: number % 4 == 0)
    assert diagnoser.calibration is not None and not kept


def _wild(samples, every_s=2.0):
    """Put single readings of 253 rad among samples."""
    samples.position[:: round(every_s / STEP_S), 1] = 253.0
    return samples


def test_impossible_readings_are_told_and_are_neither_a_fault_nor_the_healthy_state(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    assert not _feed(diagnoser, _wild(Samples(12.0, 4)))
    assert diagnoser.oddities.counts[Oddity.JUMP] >= 5
    assert '253' in diagnoser.oddities.sentence(Oddity.JUMP)
    learner = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=20.0))
    _feed(learner, _wild(Samples(21.0)))
    assert (learner.calibration.limits < 3.0 * calibration.limits).all()


def test_a_joint_that_stays_elsewhere_is_a_fault(calibration):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    samples = Samples(6.0, 4)
    samples.position[1000:, 1] += 1.0
    assert {(part, fault) for _, part, fault in _feed(diagnoser, samples)} == {
        ('arm', 'encoder_bias')
    }


def _rest(seconds, step_s, noise):
    """A robot at rest: noise of a count, gravity, no motion."""
    samples, rng = Samples(1.0), np.random.default_rng(0)
    count = round(seconds / step_s)
    samples.position = np.tile([0.2, 0.7], (count, 1)) + noise * rng.integers(-1, 2, (count, 2))
    samples.velocity = np.zeros((count, 2))
    samples.effort = np.tile([0.0, 30.0 * np.cos(0.7)], (count, 1))
    samples.effort += rng.normal(0, 0.1, (count, 2))
    samples.reference = np.tile([0.2, 0.7], (count, 1))
    return samples


@pytest.mark.parametrize('noise', [0.0, 1e-5])
def test_a_robot_at_rest_for_long_raises_nothing(calibration, noise):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    assert not _feed(diagnoser, Samples(2.0, 4))
    assert not _feed(diagnoser, _rest(15.0, STEP_S, noise), from_s=5.0)
    assert not _feed(diagnoser, Samples(2.0, 4), from_s=25.0)


@pytest.mark.slow
def test_a_robot_at_rest_for_an_hour_raises_nothing_and_does_not_drift():
    """At 25 Hz; the trends at the end are those of the first minute."""
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=30.0))
    rest = _rest(3600.0, STEP_S * 10, 1e-5)
    assert not _feed(diagnoser, rest)
    assert 'still learning' in diagnoser.trouble and len(diagnoser._frames) < 2000


@pytest.mark.parametrize('stamp', [0, 7], ids=['zero', 'constant'])
def test_stamps_that_never_change(calibration, stamp):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(), calibration)
    samples = Samples(4.0, 4)
    for number in range(len(samples.position)):
        received_ns = ZERO_NS + round(number * STEP_S * 1e9)
        row = (one[number].tolist() for one in (samples.position, samples.velocity, samples.effort))
        diagnoser.add(JointSample(stamp, JOINTS, *row, received_ns))
    odd = Oddity.NO_STAMP if stamp == 0 else Oddity.DUPLICATE_STAMP
    assert diagnoser.oddities.counts[odd] > 900
    # Without a stamp the time of arrival stands in; a stamp that is wrong is no time at all.
    assert (diagnoser.step_s > 0) == (stamp == 0) and not diagnoser.verdicts


@pytest.mark.parametrize('rate_hz', [25, 1000])
def test_any_rate_is_learned_and_watched(rate_hz):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=20.0))
    samples, step_s = Samples(24.0), 1.0 / rate_hz
    found = []
    for number in range(round(23.0 * rate_hz)):
        place = round(number * step_s / STEP_S)
        stamp = ZERO_NS + round((number + 1) * step_s * 1e9)
        row = (one[place].tolist() for one in (samples.position, samples.velocity, samples.effort))
        if diagnoser.add(JointSample(stamp, JOINTS, *row, stamp)):
            found += diagnoser.verdicts
    assert diagnoser.calibration is not None and not found, found[:1]
    assert diagnoser.step_s == pytest.approx(step_s, rel=0.01)


@pytest.mark.parametrize('effort', ['none', 'zero', 'nan'])
def test_effort_that_is_none_leaves_the_other_layers_at_work(effort):
    diagnoser = Diagnoser(JOINTS, DiagnoserSettings(calibration_s=20.0))
    samples = Samples(30.0)
    samples.position[round(26.0 / STEP_S) :, 1] += 0.05
    found = []
    for number in range(len(samples.position)):
        stamp = ZERO_NS + round((number + 1) * STEP_S * 1e9)
        given = {'none': (), 'zero': (0.0, 0.0), 'nan': (np.nan, np.nan)}[effort]
        row = (one[number].tolist() for one in (samples.position, samples.velocity))
        if diagnoser.add(JointSample(stamp, JOINTS, *row, given, stamp)):
            found += diagnoser.verdicts
    assert diagnoser.oddities.counts[Oddity.NO_EFFORT]
    assert {(one.part, one.fault) for one in found} == {('arm', 'encoder_bias')}
