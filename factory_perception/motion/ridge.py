"""A linear forecaster: the way to go is a weighted sum of the last steps and the velocity.

One set of weights a joint and horizon, fitted by ridge regression (Hoerl and Kennard, 1970).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import POSITION, VELOCITY

#: How much weights are held back, as a share of the mean square of what they weigh.
_PENALTY = 1e-4
Array = NDArray[np.float64]


def ridge(windows: Array, weights: Array, step_s: float) -> Array:
    """Forecast positions ``(N, H, J)``.

    Args:
        windows: ``(N, L, 3, J)``, see ``naive``.
        weights: ``(H, J, L)``, see ``fit_ridge``.
        step_s: time between two rows.
    """
    terms = _terms(windows, step_s)
    return windows[:, -1, POSITION][:, None] + np.einsum('nlj,hjl->nhj', terms, weights)


def fit_ridge(windows: Array, ahead: Array, step_s: float) -> Array:
    """Find weights ``(H, J, L)``: of L - 1 differences, oldest first, and the last velocity.

    Args:
        windows: ``(N, L, 3, J)``.
        ahead: ``(N, H, J)``, the positions that came.
        step_s: time between two rows.
    """
    terms = _terms(windows, step_s)
    way = ahead - windows[:, -1, POSITION][:, None]
    lags, joints = terms.shape[1:]
    weights = np.zeros((way.shape[1], joints, lags))
    for joint in range(joints):
        known = terms[:, :, joint]
        square = known.T @ known
        hold_back = _PENALTY * np.trace(square) / lags * np.eye(lags)
        solved = np.linalg.pinv(square + hold_back) @ (known.T @ way[:, :, joint])
        weights[:, joint] = solved.T
    return weights


def _terms(windows: Array, step_s: float) -> Array:
    """Give what is weighed, ``(N, L, J)``: L - 1 differences and the last velocity as a way."""
    differences = np.diff(windows[:, :, POSITION], axis=1)
    velocity = np.nan_to_num(windows[:, -1:, VELOCITY]) * step_s
    return np.concatenate([differences, velocity], axis=1)
