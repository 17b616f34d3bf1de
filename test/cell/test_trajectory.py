"""Quintic paths: closed forms, smooth knots, limits."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.trajectory import (
    least_duration,
    PEAK_ACCELERATION,
    PEAK_VELOCITY,
    plan_path,
    Waypoint,
)


def test_rest_to_rest_is_the_minimum_jerk_polynomial():
    path = plan_path([Waypoint(np.zeros(2)), Waypoint(np.array([1.0, -2.0]))], [0.8])
    time = np.linspace(0, 0.8, 501)
    q, dq, ddq = path.at(time)
    u = time / 0.8
    assert np.allclose(q[:, 0], 10 * u**3 - 15 * u**4 + 6 * u**5)
    assert np.abs(dq[:, 1]).max() == pytest.approx(2 * PEAK_VELOCITY / 0.8, rel=1e-6)
    assert np.abs(ddq[:, 0]).max() == pytest.approx(PEAK_ACCELERATION / 0.8**2, rel=1e-4)


def test_velocity_and_acceleration_are_the_derivatives_and_do_not_jump():
    rng = np.random.default_rng(2)
    points = [
        Waypoint(q, dwell) for q, dwell in zip(rng.normal(size=(5, 3)), (0, None, 0.3, None, 0))
    ]
    path = plan_path(points, [0.7, 0.5, 0.9, 0.6])
    time = np.linspace(0, path.duration_s, 20001)
    step = time[1] - time[0]
    q, dq, ddq = path.at(time)
    assert np.abs(np.gradient(q, step, axis=0) - dq)[1:-1].max() < 1e-4
    assert np.abs(np.diff(dq, axis=0)).max() < np.abs(ddq).max() * step * 1.01
    assert np.abs(np.diff(ddq, axis=0)).max() < 0.02 * np.abs(ddq).max()
    for point, when in zip(points, path.arrivals_s):
        assert np.allclose(path.at(np.array([when]))[0][0], point.q)


def test_the_arm_stops_where_it_dwells_and_passes_elsewhere():
    points = [Waypoint(np.array([float(k)]), dwell) for k, dwell in enumerate((0, None, 0.4, 0))]
    path = plan_path(points, [1.0, 1.0, 1.0])
    assert path.duration_s == pytest.approx(3.4)
    assert path.at(np.array([1.0]))[1][0, 0] == pytest.approx(1.0)
    assert np.allclose(path.at(np.array([2.0, 2.2, 2.4]))[1], 0)
    assert np.allclose(path.at(np.array([2.0, 2.2, 2.4]))[0], 2)


def test_no_joint_turns_back_between_way_points():
    values = (0.0, 1.0, 1.2, 1.0, 3.0)
    points = [Waypoint(np.array([v]), None if 0 < k < 4 else 0.0) for k, v in enumerate(values)]
    path = plan_path(points, [0.5, 0.5, 0.5, 0.5])
    for piece in range(4):
        q = path.at(np.linspace(piece / 2, (piece + 1) / 2, 200))[0][:, 0]
        turns = np.diff(q) * (values[piece + 1] - values[piece])
        assert turns.min() > -1e-9


def test_before_and_after_it_stands():
    path = plan_path([Waypoint(np.zeros(1)), Waypoint(np.ones(1))], [1.0])
    q, dq, ddq = path.at(np.array([-1.0, 5.0]))
    assert q.ravel().tolist() == [0.0, 1.0]
    assert not dq.any() and not ddq.any()


@pytest.mark.parametrize('way', [(0.1, 0.0), (2.0, 0.5), (0.0, 0.0)])
def test_the_least_duration_keeps_the_limits(way):
    way, velocity = np.array(way), np.array([1.5, 2.0])
    duration = least_duration(way, velocity, 8.0)
    if duration == 0:
        return
    path = plan_path([Waypoint(np.zeros(2)), Waypoint(way)], [duration])
    _, dq, ddq = path.at(np.linspace(0, duration, 2001))
    assert (np.abs(dq).max(0) <= velocity * 1.0001).all()
    assert np.abs(ddq).max() <= 8.0001
    tight = np.r_[np.abs(dq).max(0) / velocity, np.abs(ddq).max() / 8.0]
    assert tight.max() == pytest.approx(1, abs=1e-3)
