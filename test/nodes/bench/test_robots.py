"""Motions of the benchmark are such as arms make."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.nodes.bench.robots import MOTIONS


@pytest.mark.parametrize('motion', MOTIONS)
@pytest.mark.parametrize('joints', [6, 7])
def test_velocities_are_those_of_the_positions(motion, joints):
    samples = MOTIONS[motion](joints, 500.0, 1000)
    assert samples.shape == (1000, 3, joints) and np.isfinite(samples).all()
    position, velocity, effort = samples.transpose(1, 0, 2)
    assert np.allclose(np.diff(position, axis=0) * 500, velocity[1:], atol=0.05)
    assert np.abs(velocity).max() > 0.1 and np.abs(effort).max() > 1.0
