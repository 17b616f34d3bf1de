"""From samples to forecasts: what is forecast is what comes, gaps begin anew, robots keep apart."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.predictor import Predictor
from factory_perception.motion.untrained import UntrainedForecaster

JOINTS = ('a', 'b')
MS = 1_000_000
STEP_NS = 25 * MS


def predictor(robots=1, plan=False):
    forecaster = UntrainedForecaster(JOINTS, STEP_NS, [0.05, 0.1, 0.25, 0.5], robots)
    forecaster.wants_plan = plan
    return Predictor(forecaster, robots, 0.1, 500 * MS, 20.0)


def feed(one, start_ns, count, robot=0, speed=1.0, step_ns=5 * MS):
    """Give samples of joints that move steadily; return every outcome."""
    found = []
    for stamp in range(start_ns, start_ns + count * step_ns, step_ns):
        at = speed * stamp * 1e-9
        if one.add(robot, JointSample(stamp, JOINTS, (at, -at), (speed, -speed), (), stamp)):
            found += one.advance()
    return found


def test_steady_motion_is_foretold_and_leaves_no_residual():
    one = predictor()
    found = feed(one, 1000 * MS, 200)
    last = found[-1]
    assert last.forecast.stamp_ns % STEP_NS == 0
    expected = last.position[0] + last.forecast.horizons_s
    np.testing.assert_allclose(last.forecast.median[:, 0], expected, atol=1e-9)
    assert found[0].residual is None
    np.testing.assert_allclose(last.residual, 0, atol=1e-9)
    assert one.residual_s == pytest.approx(0.1)
    assert len(found) == pytest.approx(200 * 5 / 25, abs=3)


def test_a_sudden_stop_shows_in_the_residual_in_its_own_time():
    one = predictor()
    feed(one, 1000 * MS, 200)
    stop_ns = 1000 * MS + 200 * 5 * MS
    at = stop_ns * 1e-9
    found = []
    for stamp in range(stop_ns, stop_ns + 400 * MS, 5 * MS):
        if one.add(0, JointSample(stamp, JOINTS, (at, -at), (0.0, 0.0), (), stamp)):
            found += one.advance()
    worst = max(abs(outcome.residual[0]) for outcome in found)
    assert worst == pytest.approx(0.075, abs=1e-6)  # 1 rad/s, forecast three rows before
    assert abs(found[-1].residual[0]) < 1e-9


def test_slow_samples_complete_several_rows_at_once():
    found = feed(predictor(), 1000 * MS, 40, step_ns=100 * MS)
    assert len(found) == 39
    np.testing.assert_allclose(found[-1].residual, 0, atol=1e-9)
    ways = np.diff([outcome.forecast.stamp_ns for outcome in found])
    assert (ways == 100 * MS).all()


def test_after_a_gap_everything_begins_anew():
    one = predictor()
    feed(one, 1000 * MS, 100)
    found = feed(one, 9000 * MS, 100, speed=2.0)
    assert found[0].residual is None
    assert max(abs(outcome.residual).max() for outcome in found[10:]) < 1e-9


def test_robots_that_wait_go_together():
    one = predictor(robots=2)
    for robot, speed in ((0, 1.0), (1, 3.0)):
        for stamp in range(1000 * MS, 1400 * MS, 5 * MS):
            way = speed * stamp * 1e-9
            one.add(robot, JointSample(stamp, JOINTS, (way, 0), (speed, 0), (), stamp))
    first, second = one.advance()
    assert (first.robot, second.robot) == (0, 1)
    ways = [outcome.forecast.median[0, 0] - outcome.position[0] for outcome in (first, second)]
    assert ways == pytest.approx([0.05, 0.15])


def test_a_joint_that_is_not_known_is_not_forecast():
    one = predictor()
    for stamp in range(1000 * MS, 2000 * MS, 5 * MS):
        if one.add(0, JointSample(stamp, JOINTS[:1], (0.0,), (), (), stamp)):
            assert one.advance() == []


def test_a_plan_that_is_not_published():
    one = predictor(plan=True)
    assert feed(one, 1000 * MS, 100) == []
    one.plans[0].add(1500 * MS, JOINTS, (0.0, 0.0), (1.0, 0.0))
    assert feed(one, 1500 * MS, 50)
    np.testing.assert_allclose(one.plans[0].plan(np.array([0.5]))[:, 0], [0.0, 0.5])


def test_a_robot_that_stands_still():
    one = predictor()
    found = feed(one, 1000 * MS, 6_000, speed=0.0, step_ns=50 * MS)
    assert (found[-1].forecast.quantiles == 0).all() and (found[-1].residual == 0).all()


def test_horizons_must_be_whole_steps():
    with pytest.raises(ValueError, match=r'whole multiples of the step, 0\.025 s'):
        UntrainedForecaster(JOINTS, STEP_NS, [0.06])
