"""Forecasts held against what came."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.hindsight import hindsight, Told
from factory_perception.motion.joint_sample import JointSample, RecordedSample
from factory_perception.motion.rerun import rerun_forecaster
from factory_perception.motion.untrained import UntrainedForecaster

ZERO_NS = 1_700_000_000_000_000_000
STEP_NS = 10_000_000


def samples(position, velocity=(), gap=range(0)):
    """Give samples of one joint; those in ``gap`` were never recorded."""
    return [
        RecordedSample(
            JointSample(ZERO_NS + at * STEP_NS, ('a',), [float(value)], velocity, (), 0), False
        )
        for at, value in enumerate(position)
        if at not in gap
    ]


def told(places, values, ahead_s=0.1, **band):
    stamps = ZERO_NS + np.array(places) * STEP_NS
    position = np.array(values, float).reshape(-1, 1, 1)
    return Told(('a',), stamps, np.full((len(places), 1), ahead_s), position, **band)


def test_errors_of_ours_and_of_those_that_know_nothing():
    ramp = samples(np.arange(100) * 0.01, velocity=[0.5])  # it says half of its real speed
    figures = hindsight(told([10, 50], [0.21, 0.59]), ramp)
    assert figures['forecasts'] == 2
    horizon = figures['horizons']['100_ms']
    assert horizon['compared'] == 2
    assert horizon['rmse'] == pytest.approx({'ours': 0.01, 'hold': 0.1, 'constant_velocity': 0.05})
    assert horizon['skill'] == pytest.approx({'hold': 0.9, 'constant_velocity': 0.8})


def test_a_velocity_that_nobody_published_is_taken_from_the_positions():
    horizon = hindsight(told([10], [0.2]), samples(np.arange(100) * 0.01))['horizons']['100_ms']
    assert horizon['rmse']['constant_velocity'] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize('places, gap, compared', [
    ([10, 95], range(0), 1),  # the second looks beyond the end
    ([10, 50], range(55, 75), 1),  # nobody knows where the joint was
    ([10, 50], range(55, 60), 2),
    ([99], range(0), 0),
])  # fmt: skip
def test_only_what_is_known_counts(places, gap, compared):
    figures = hindsight(told(places, places), samples(np.zeros(100), gap=gap))
    assert figures['horizons']['100_ms']['compared'] == compared


def test_the_band():
    band = np.array([[-1.0, 0.5], [1.0, 0.7]]).reshape(2, 2, 1, 1)
    figures = hindsight(told([10, 20], [0, 0], band=band), samples(np.zeros(100)))
    assert figures['horizons']['100_ms']['coverage'] == 0.5


def test_other_joints_are_refused():
    elbow = Told(('elbow',), np.zeros(1, np.int64), np.zeros((1, 1)), np.zeros((1, 1, 1)))
    with pytest.raises(ValueError, match='no recorded joint state holds elbow'):
        hindsight(elbow, samples([0.0]))


def test_a_forecaster_is_run_again_as_a_node_would():
    wave = np.sin(np.arange(300) * 0.05)
    recorded = samples(wave)
    found = rerun_forecaster(UntrainedForecaster(('a',), STEP_NS, [0.05, 0.1]), recorded)
    assert found.position.shape[1:] == (2, 1) and len(found.position) > 250
    horizon = hindsight(found, recorded)['horizons']['100_ms']
    assert horizon['skill']['constant_velocity'] == pytest.approx(0, abs=0.02)
    assert horizon['coverage'] > 0.5


def test_too_few_samples_are_told():
    with pytest.raises(ValueError, match='needs 2 rows of a'):
        rerun_forecaster(UntrainedForecaster(('a',), STEP_NS, [0.05]), samples([0.0]))
