"""The band that learns from errors."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.live_band import LiveBand


def test_it_holds_nine_in_ten():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (4000, 1))
    band = LiveBand((2,), 1)
    inside = []
    for row in range(4000):
        if np.isfinite(band.edges).all() and row < 3998:
            low, high = band.edges[0, :, 0]
            inside.append(low <= noise[row + 2, 0] <= high)
        band.learn(noise[row], np.zeros((1, 1)))
    assert 0.88 < np.mean(inside[500:]) < 0.92


def test_open_forecasts_are_forgotten_but_not_what_was_learnt():
    band = LiveBand((1,), 1)
    for row in range(200):
        band.learn(np.array([float(row)]), np.array([[float(row)]]))
    edges = band.edges.copy()
    np.testing.assert_allclose(edges, 1.0)
    band.interrupt()
    band.learn(np.array([1e6]), np.array([[1e6]]))
    np.testing.assert_array_equal(band.edges, edges)
