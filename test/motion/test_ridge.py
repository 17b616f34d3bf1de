"""The linear forecaster: exact on linear motions, bounded on what says nothing."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.ridge import fit_ridge, ridge

STEP_S = 0.1


def series(frequencies, count=400):
    time = np.arange(count) * STEP_S
    rows = np.full((count, 3, len(frequencies)), np.nan)
    rows[:, 0] = np.sin(np.outer(time, frequencies))
    rows[:, 1] = np.cos(np.outer(time, frequencies)) * frequencies
    return rows


def cut(rows, lags, steps):
    views = np.lib.stride_tricks.sliding_window_view(rows, lags, axis=0)
    count = len(rows) - lags - max(steps) + 1
    ahead = np.stack([rows[lags - 1 + s : lags - 1 + s + count, 0] for s in steps], axis=1)
    return np.moveaxis(views, -1, 1)[:count], ahead


def test_oscillations_are_foretold():
    windows, ahead = cut(series(np.array([1.0, 2.5])), 6, (1, 5))
    weights = fit_ridge(windows, ahead, STEP_S)
    assert weights.shape == (2, 2, 6)
    found = ridge(windows, weights, STEP_S)
    assert np.abs(found - ahead).max() < 0.1  # the penalty keeps it from being exact
    still = windows[:, -1, 0][:, None]
    assert np.sqrt(((found - ahead) ** 2).mean()) < 0.1 * np.sqrt(((still - ahead) ** 2).mean())


def test_a_joint_that_never_moved_is_held():
    rows = series(np.array([1.0, 2.0]))
    rows[:, :, 1] = 0.0
    windows, ahead = cut(rows, 4, (2,))
    weights = fit_ridge(windows, ahead, STEP_S)
    assert (weights[:, 1] == 0).all()


def test_without_velocities():
    rows = series(np.array([1.0]))
    rows[:, 1] = np.nan
    windows, ahead = cut(rows, 6, (2,))
    found = ridge(windows, fit_ridge(windows, ahead, STEP_S), STEP_S)
    assert np.abs(found - ahead).max() < 0.1
