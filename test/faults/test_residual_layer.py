"""Faults found and named without any training."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.trends import Trends
from test.faults.robot import FRAME_S, frames, healthy, Samples


@pytest.fixture(scope='module')
def calibration():
    return healthy(60.0)


def _run(calibration, samples):
    """Give (time, verdicts) of every frame."""
    layer, trends = ResidualLayer(calibration, FRAME_S), Trends(FRAME_S)
    found = []
    for number, frame in enumerate(frames(samples), 1):
        stamp_ns = round(number * FRAME_S * 1e9)
        marks = trends.update(calibration.model.marks(frame))
        layer.update(marks, stamp_ns)
        found.append((stamp_ns * 1e-9, layer.verdicts(stamp_ns)))
    return found


def test_a_healthy_robot_is_left_alone(calibration):
    for seed in (5, 6):
        assert not [one for _, one in _run(calibration, Samples(40.0, seed)) if one]


def _friction(s, rows):
    s.effort[rows, 1] += 6.0 * np.tanh(s.velocity[rows, 1] / 0.05)


def _bias(s, rows):
    s.position[rows, 1] += 0.02


def _dropout(s, rows):
    for channel in (s.position, s.velocity, s.effort):
        channel[rows, 1] = np.nan


def _rattle(s, rows):
    swing = np.sin(2 * np.pi * 31 * s.time_s[rows])
    s.velocity[rows, 1] += 0.05 * swing * np.abs(np.tanh(s.velocity[rows, 1] / 0.03))


def _stop(s, rows):
    s.effort[rows] = 0.0


def _knock(s, rows):
    short = slice(rows.start, rows.start + 60)
    s.effort[short, 1] += 25.0


@pytest.mark.parametrize(
    ('change', 'fault', 'part', 'within_s'),
    [
        (_friction, 'friction_rise', 'arm', 4.0),
        (_bias, 'encoder_bias', 'arm', 0.2),
        (_dropout, 'sensor_dropout', 'arm', 0.1),
        (_rattle, 'backlash', 'arm', 2.0),
        (_stop, 'protective_stop', 'arm', 0.3),
        (_knock, 'collision', 'arm', 0.15),
    ],
)
def test_faults_are_named_with_joint_and_in_time(calibration, change, fault, part, within_s):
    samples = Samples(30.0, 7)
    change(samples, samples.rows(20.0, 28.0))
    found = _run(calibration, samples)
    assert not [one for time, one in found if time <= 20.0 and one]
    first = next(time for time, one in found if one)
    assert first - 20.0 <= within_s
    named = [one for time, ones in found if time > 20.0 for one in ones if one.fault == fault]
    assert named, {one.fault for _, ones in found for one in ones}
    assert named[0].part == part
    assert named[0].value > 0
    assert named[0].compared in named[0].sentence


def test_an_alarm_stays_until_all_was_well_for_a_while(calibration):
    samples = Samples(40.0, 8)
    _knock(samples, samples.rows(20.0, 21.0))
    up = [time for time, one in _run(calibration, samples) if one]
    assert up[0] == pytest.approx(20.08, abs=0.1)
    assert 22.0 < up[-1] < 38.0
    assert len(up) == round((up[-1] - up[0]) / FRAME_S) + 1  # without a break
