"""What effort a motion should need: a ridge regression per joint, with no drawing of the robot.

Gravity, inertia and Coriolis torques of a chain of turning joints are sums of products of sines and
cosines of positions with accelerations and products of velocities (the rigid-body model is linear
in its base parameters: Atkeson, An and Hollerbach, 1986); friction is a step and a slope over the
velocity. A regression on such terms needs no masses and no geometry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array

#: Coulomb friction turns with the velocity over this width.
TURN_RAD_S = 0.05
#: Weight of the penalty, a sample.
RIDGE = 1e-4


def terms(position: Array, velocity: Array, acceleration: Array) -> Array:
    """Give the terms of the regression ``(..., K)`` of motions ``(..., J)``."""
    sine, cosine = np.sin(position), np.cos(position)
    joints = position.shape[-1]
    first, second = np.triu_indices(joints, 1)
    left, right = np.triu_indices(joints)
    waves = np.concatenate([np.ones_like(sine[..., :1]), sine, cosine], axis=-1)
    inertia = acceleration[..., :, None] * waves[..., None, :]
    parts = [
        waves,
        sine[..., first] * sine[..., second],
        sine[..., first] * cosine[..., second],
        cosine[..., first] * sine[..., second],
        cosine[..., first] * cosine[..., second],
        velocity,
        np.tanh(velocity / TURN_RAD_S),
        inertia.reshape(*inertia.shape[:-2], -1),
        velocity[..., left] * velocity[..., right],
    ]
    return np.concatenate(parts, axis=-1)


@dataclass(frozen=True)
class EffortModel:
    """The regression: ``weights`` float64 ``(K, J)``."""

    weights: Array

    def effort(self, position: Array, velocity: Array, acceleration: Array) -> Array:
        """Give the expected effort ``(..., J)`` of a motion."""
        return self.of(terms(position, velocity, acceleration))

    def of(self, table: Array) -> Array:
        """Give the same from the terms ``(..., K)`` of the motion."""
        expected: Array = table @ self.weights
        return expected


def fit_effort_model(
    position: Array, velocity: Array, acceleration: Array, effort: Array, ridge: float = RIDGE
) -> EffortModel:
    """Fit the regression to N moments ``(N, J)`` of healthy motion; rows with NaN are left out.

    ``ridge`` is the weight of the penalty, a sample.

    Raises:
        ValueError: no moment is complete.
    """
    values = [position, velocity, acceleration, effort]
    complete: NDArray[np.bool_] = np.all([np.isfinite(one).all(axis=1) for one in values], axis=0)
    if not complete.any():
        raise ValueError('no moment has position, velocity and effort of all joints')
    table = terms(position[complete], velocity[complete], acceleration[complete])
    size = np.abs(table).mean(axis=0) + 1e-9
    scaled = table / size
    square = scaled.T @ scaled + ridge * len(scaled) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(square, scaled.T @ effort[complete])
    return EffortModel(weights / size[:, None])
