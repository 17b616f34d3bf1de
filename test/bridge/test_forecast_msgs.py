"""Forecasts as messages."""

from __future__ import annotations

import numpy as np
from std_msgs.msg import Header

from factory_perception.bridge.forecast_msgs import write_residual, write_trajectory


def test_points_are_horizons():
    positions = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    message = write_trajectory(
        ['a', 'b'], positions, [50_000_000, 1_500_000_000], Header(frame_id='base')
    )
    assert message.joint_names == ['a', 'b'] and message.header.frame_id == 'base'
    first, second = message.points
    assert list(first.positions) == [1.0, 2.0] and first.time_from_start.nanosec == 50_000_000
    assert (second.time_from_start.sec, second.time_from_start.nanosec) == (1, 500_000_000)


def test_residuals_are_positions():
    message = write_residual(['a', 'b'], np.array([0.1, -0.2])[::-1], Header())
    assert list(message.position) == [-0.2, 0.1] and len(message.velocity) == 0
