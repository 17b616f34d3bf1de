"""What hangs on the tool, told from the joints: the mass that explains all joints at once.

A kilogram at the tool asks each joint for an effort, and makes it give way a little under its
controller. Both are sums of the terms of ``effort_model``, so that two regressions say them for any
motion. What a controller believes to hold is counterbalanced, so effort shows the real mass, and
the tracking error the mass that nobody told the controller of.
"""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.faults.effort_model import EffortModel
from factory_perception.faults.frame import Array

#: A mass far from the usual one needs evidence: weight of the wish that it is 0, in kg^-2.
PRIOR = 0.5


@dataclass(frozen=True)
class LoadModel:
    """Effort (Nm/kg) and tracking error (rad/kg) for a kilogram; what they scatter by, ``(J,)``."""

    effort: EffortModel
    tracking: EffortModel
    effort_noise: Array
    tracking_noise: Array

    def split(
        self, table: Array, effort: Array, tracking: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Split what is left of effort and tracking ``(..., J)`` into a mass and the rest.

        ``table`` ``(..., K)`` are the terms of the motion.

        Returns:
            The mass from effort and that from tracking, ``(..., 1)`` in kg above the usual; and
            what no mass explains, ``(..., J)`` in shares of the scatter.
        """
        pull, give = self.effort.of(table), self.tracking.of(table)
        held, rest = _fit(effort / self.effort_noise, pull / self.effort_noise)
        untold, lag = _fit(tracking / self.tracking_noise, give / self.tracking_noise)
        return held, untold, rest, lag


def _fit(values: Array, unit: Array) -> tuple[Array, Array]:
    """Give the multiple of ``unit`` nearest to ``values`` and what is left of them."""
    share = (values * unit).sum(-1, keepdims=True) / ((unit * unit).sum(-1, keepdims=True) + PRIOR)
    return share, values - share * unit
