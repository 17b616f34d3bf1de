"""What hangs on the tool, told from the joints: the mass that explains all joints at once.

A kilogram at the tool asks each joint for an effort, and makes it give way a little under its
controller; both are sums of the terms of ``effort_model``, so that two regressions say them for any
motion. A controller adds to what it foresees for a motion a push that is proportional to the
tracking error. What is left of the effort without that push is what it foresees, and that tells
which mass it was told of, whatever the friction of the arm. The tracking error tells the mass that
nobody told it of.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from factory_perception.faults.effort_model import EffortModel
from factory_perception.faults.frame import Array

#: A mass needs evidence: weight of the wish that it is 0, in kg^-2.
PRIOR = 0.5


@dataclass(frozen=True)
class KnownArm:
    """What drawing and controller of an arm say about its motions, as regressions.

    ``effort`` (Nm/kg, or A/kg) and ``tracking`` (rad/kg) are for a kilogram at the tool;
    ``unladen`` (Nm or A) is what the controller foresees with nothing there.
    """

    effort: EffortModel
    tracking: EffortModel
    unladen: EffortModel

    @cached_property
    def stiffness(self) -> Array:
        """Give what the controller answers to a tracking error, ``(J,)`` in Nm/rad or A/rad."""
        pull, give = self.effort.weights, self.tracking.weights
        square = (give * give).sum(axis=0)
        found: Array = -(pull * give).sum(axis=0) / np.where(square > 0, square, 1.0)
        return found

    def beyond(self, table: Array, effort: Array, tracking: Array) -> Array:
        """Give what the controller foresees beyond the unladen arm, ``(..., J)`` in Nm or A.

        ``table`` ``(..., K)`` are the terms of the motion.
        """
        return effort + self.stiffness * tracking - self.unladen.of(table)


@dataclass(frozen=True)
class LoadModel:
    """A known arm, and by how much healthy ones of its kind scatter.

    Attributes:
        arm: what is known.
        told_spread: ``(J, J)``, covariance of what the controller foresees.
        untold_spread: ``(J, J)``, covariance of the tracking error, both without any mass.
        effort_noise: ``(J,)``, scatter of the effort that no mass explains.
        tracking_noise: ``(J,)``, the same of the tracking error.
    """

    arm: KnownArm
    told_spread: Array
    untold_spread: Array
    effort_noise: Array
    tracking_noise: Array

    @cached_property
    def _weights(self) -> tuple[Array, Array]:
        told, untold = (np.linalg.inv(one) for one in (self.told_spread, self.untold_spread))
        return np.asarray(told), np.asarray(untold)

    def masses(self, table: Array, beyond: Array, astray: Array) -> tuple[Array, Array]:
        """Give the mass that the controller was told of and the rest of it, ``(..., 1)`` in kg.

        Args:
            table: terms of the motion, ``(..., K)``.
            beyond: what the controller foresees beyond the unladen arm, ``(..., J)``.
            astray: what is left of the tracking error of a usual motion, ``(..., J)``.
        """
        told, untold = self._weights
        foreseen, _ = mass_of(beyond, self.arm.effort.of(table), told)
        unforeseen, _ = mass_of(astray, self.arm.tracking.of(table), untold)
        return foreseen, unforeseen

    def rest(self, table: Array, off: Array, astray: Array) -> tuple[Array, Array]:
        """Give what no mass explains of effort and tracking, ``(..., J)`` in shares of the scatter.

        ``off`` and ``astray`` are what is left of those of a usual motion.
        """
        return (
            _without_mass(off / self.effort_noise, self.arm.effort.of(table) / self.effort_noise),
            _without_mass(
                astray / self.tracking_noise, self.arm.tracking.of(table) / self.tracking_noise
            ),
        )


def mass_of(values: Array, unit: Array, weights: Array) -> tuple[Array, Array]:
    """Give the likeliest mass and its variance, ``(..., 1)``, in kg and kg^2.

    ``values`` and ``unit``, that of a kilogram, are ``(..., J)``; ``weights`` ``(J, J)`` is the
    inverse of the covariance of all else (generalised least squares: Aitken, 1936).
    """
    weighted = unit @ weights
    variance = 1.0 / ((weighted * unit).sum(axis=-1, keepdims=True) + PRIOR)
    return (weighted * values).sum(axis=-1, keepdims=True) * variance, variance


def spread_without_mass(values: Array, unit: Array, rounds: int) -> Array:
    """Measure the covariance ``(J, J)`` of N ``values`` ``(N, J)`` when the mass is taken out.

    The masses are not known: they and the covariance are found in turn (expectation and
    maximisation: Dempster, Laird and Rubin, 1977), so often.
    """
    least = 1e-9 * np.maximum(values.var(axis=0), 1e-12)
    spread = np.diag(values.var(axis=0) + least)
    for _ in range(rounds):
        mass, variance = mass_of(values, unit, np.linalg.inv(spread))
        left = values - unit * mass
        left = left - left.mean(axis=0)
        spread = (left.T @ left + (unit * variance).T @ unit) / len(values) + np.diag(least)
    return np.asarray(spread)


def _without_mass(values: Array, unit: Array) -> Array:
    mass = (values * unit).sum(-1, keepdims=True) / ((unit * unit).sum(-1, keepdims=True) + PRIOR)
    return np.asarray(values - mass * unit)
