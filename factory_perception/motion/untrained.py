"""Forecast without a model: constant velocity, with a band learnt from its own errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import POSITION
from factory_perception.motion.live_band import LiveBand
from factory_perception.motion.naive import constant_velocity

METHOD = 'constant_velocity'


class UntrainedForecaster:
    """What a robot is forecast with on its first day; the band begins without width."""

    rows_needed = 2
    wants_plan = False

    def __init__(
        self, joints: Sequence[str], step_ns: int, horizons_s: Sequence[float], robots: int = 1
    ) -> None:
        """Take the joints, the step of their histories, and horizons in whole steps.

        Raises:
            ValueError: horizons that do not rise, or are no whole steps.
        """
        self.joints, self.step_ns = tuple(joints), step_ns
        self.horizons_s = np.array(horizons_s, np.float64)
        steps = self.horizons_s / (step_ns * 1e-9)
        whole = len(steps) and (np.abs(steps - np.round(steps)) < 1e-6).all() and steps[0] >= 1
        if not whole or (np.diff(steps) <= 0).any():
            raise ValueError(
                f'horizons {list(horizons_s)} s must rise and be whole multiples of the step, '
                f'{step_ns * 1e-9:g} s'
            )
        self.steps = tuple(int(step) for step in np.round(steps))
        self.methods = (METHOD,) * len(self.steps)
        self._bands = [LiveBand(self.steps, len(self.joints)) for _ in range(robots)]

    def reset(self, robot: int) -> None:
        """Forget open forecasts of a robot; what was learnt about its errors stays."""
        self._bands[robot].interrupt()

    def step(
        self,
        robots: Sequence[int],
        windows: NDArray[np.float64],
        plan: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Take the next row of some robots and forecast: quantiles ``(B, H, 3, J)``."""
        middle = constant_velocity(windows, self.horizons_s)
        quantiles = np.repeat(middle[:, :, None], 3, axis=2)
        for place, robot in enumerate(robots):
            band = self._bands[robot]
            band.learn(windows[place, -1, POSITION], middle[place])
            edges = np.nan_to_num(band.edges)
            quantiles[place, :, 0] += edges[:, 0]
            quantiles[place, :, 2] += edges[:, 1]
        return quantiles
