"""Naive forecasters, by hand."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.naive import constant_velocity, hold, reference

HORIZONS = np.array([0.1, 0.5])


def windows(velocity=2.0):
    rows = np.zeros((1, 3, 3, 1))
    rows[0, :, 0, 0] = [0.0, 0.2, 0.4]
    rows[0, :, 1, 0] = velocity
    return rows


def test_each_by_hand():
    assert hold(windows(), HORIZONS)[0, :, 0].tolist() == [0.4, 0.4]
    np.testing.assert_allclose(constant_velocity(windows(), HORIZONS)[0, :, 0], [0.6, 1.4])
    assert constant_velocity(windows(np.nan), HORIZONS)[0, :, 0].tolist() == [0.4, 0.4]
    plan = np.array([[[1.0], [1.1], [3.0]]])
    np.testing.assert_allclose(reference(windows(), plan)[0, :, 0], [0.5, 2.4])
