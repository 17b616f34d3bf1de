"""What a controller plans, as far as its published reference tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import JointReader, Numbers, POSITION, VELOCITY
from factory_perception.motion.oddities import Oddities


class PlanReader:
    """The last reference of one robot; used by one thread."""

    def __init__(self, joints: Sequence[str], max_age_ns: int) -> None:
        self._reader = JointReader(joints, Oddities())
        self._max_age_ns = max_age_ns
        self._sample: NDArray[np.float64] | None = None
        self._stamp_ns = 0

    def add(
        self, stamp_ns: int, names: Sequence[str], position: Numbers, velocity: Numbers
    ) -> None:
        """Take a sample of the reference; one that lacks a joint is left out."""
        sample = self._reader.read(names, position, velocity, ())
        if sample is not None and not np.isnan(sample[POSITION]).any():
            self._sample, self._stamp_ns = sample, stamp_ns

    def known(self, stamp_ns: int) -> bool:
        """Say whether there is a reference about this time."""
        return self._sample is not None and abs(stamp_ns - self._stamp_ns) <= self._max_age_ns

    def plan(self, horizons_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give planned positions ``(1 + H, J)`` for now and every horizon: on at this speed."""
        assert self._sample is not None
        ahead_s = np.concatenate([[0.0], horizons_s])
        velocity = np.nan_to_num(self._sample[VELOCITY])
        return self._sample[POSITION] + velocity * ahead_s[:, None]
