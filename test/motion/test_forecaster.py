"""Models through their engine: states of robots, and naive forecasters where they were better."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.manifest import ModelError
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.network_forecaster import NetworkForecaster
from test.motion.support import HALF_WIDTH, HORIZONS_S, publish_forecaster
from test.support import publish_blobs

JOINTS = ['a', 'b']


@pytest.fixture
def steady(store):
    def steady(robots=1, **changes):
        folder = publish_forecaster(store, JOINTS, **changes)
        engine = open_engine(folder, 'onnxruntime')
        return Forecaster(read_spec(folder.manifest), engine, robots)

    return steady


def windows(*speeds):
    """Give the last three rows of robots whose joints stand at 1 and move at a speed."""
    found = np.zeros((len(speeds), 3, 3, 2))
    for place, speed in enumerate(speeds):
        found[place, :, 0] = 1 + speed * 0.025 * np.array([-2, -1, 0])[:, None]
        found[place, :, 1] = speed
    return found


def test_network_and_naive_side_by_side(steady):
    quantiles = steady().step([0], windows(2.0))
    assert quantiles.shape == (1, 4, 3, 2)
    expected = 1 + 2.0 * np.array(HORIZONS_S[:3])
    np.testing.assert_allclose(quantiles[0, :3, 1, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(quantiles[0, :3, 2] - quantiles[0, :3, 1], HALF_WIDTH, atol=1e-6)
    np.testing.assert_allclose(quantiles[0, 3, :, 0], [0.98, 1.0, 1.02])  # held, with its band


def test_every_robot_has_its_own_state(steady):
    forecaster = steady(robots=3)
    forecaster.step([0, 2], windows(1.0, 2.0))
    forecaster.step([2], windows(2.0))
    state = forecaster._network._state[:, 0, 0]
    assert state.tolist() == [1, 0, 2]
    forecaster.reset(2)
    assert state.tolist() == [1, 0, 0]


def test_batches_of_any_size_agree(steady):
    forecaster = steady(robots=4)
    speeds = (0.0, 1.0, -1.0, 3.0)
    together = forecaster.step([0, 1, 2, 3], windows(*speeds))
    for robot, speed in enumerate(speeds):
        alone = forecaster.step([robot], windows(speed))[0]
        np.testing.assert_allclose(together[robot], alone, atol=1e-6)


def test_a_plan_that_is_missing(steady):
    forecaster = steady(plan=True)
    with pytest.raises(ValueError, match='needs the plan'):
        forecaster.step([0], windows(1.0))
    plan = np.zeros((1, 5, 2))
    assert np.isfinite(forecaster.step([0], windows(1.0), plan)).all()


def test_linear_forecaster_in_use(steady):
    weights = np.zeros((4, 2, 3))
    weights[3, :, 2] = 20.0  # the way of one step, twenty times
    quantiles = steady(ridge=weights.tolist(), use=['network'] * 3 + ['ridge']).step(
        [0], windows(2.0)
    )
    np.testing.assert_allclose(quantiles[0, 3, 1], [2.0, 2.0])


def test_another_kind_of_network_is_refused(store):
    with pytest.raises(ModelError, match='no forecasting network: image, boxes, scores'):
        NetworkForecaster(open_engine(publish_blobs(store), 'onnxruntime'), 1)
