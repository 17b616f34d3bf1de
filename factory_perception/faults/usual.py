"""How a robot is as a rule: a slow mean of its marks, against which slow changes show.

No two arms of a series have the same friction, and grease warms up: limits for all of them must be
wide. Against its own minutes before, a robot that changes shows much earlier.
"""

from __future__ import annotations

import numpy as np

from factory_perception.faults.frame import Array

#: What was so long ago counts little; a fault of some seconds does not become usual.
SPAN_S = 60.0


class Usual:
    """A mean that is a plain one at first and forgets later."""

    def __init__(self, step_s: float, span_s: float = SPAN_S) -> None:
        """Prepare for marks that are ``step_s`` apart."""
        self._least = step_s / span_s
        self._count = 0
        self._mean: Array | None = None

    def update(self, marks: Array) -> Array:
        """Take marks; give their slow mean of the same shape: a new array each time."""
        self._count += 1
        before = np.zeros_like(marks) if self._mean is None else self._mean
        self._mean = before + max(1.0 / self._count, self._least) * (marks - before)
        return self._mean
