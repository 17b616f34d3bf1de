"""Loads of a slowed plan against inverse dynamics of the slowed motion."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.dynamics import inverse_dynamics, model_of
from factory_perception.cell.loads import plan_loads


@pytest.mark.parametrize('rate, change', [(1.0, 0.0), (0.5, 0.0), (0.3, -4.0), (0.0, 1.6)])
def test_a_slowed_plan_needs_the_torque_of_the_slowed_motion(config, rate, change):
    model = model_of(config.arm)
    rng = np.random.default_rng(0)
    q, dq, ddq = (rng.uniform(-1, 1, (7, 6)) for _ in range(3))
    payload = rng.uniform(0, 1.5, 7)
    column = np.ones((7, 1))
    torque = plan_loads(model, q, dq, ddq).torque(rate * column, change * column, payload[:, None])
    slowed = inverse_dynamics(model, q, rate * dq, rate**2 * ddq + change * dq, payload)
    assert np.allclose(torque, slowed)
