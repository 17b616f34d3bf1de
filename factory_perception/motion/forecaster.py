"""Forecast with a model: the network, or a naive forecaster where that was better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.motion.forecast_spec import ForecastSpec, NETWORK
from factory_perception.motion.naive import NAIVE, reference
from factory_perception.motion.network_forecaster import NetworkForecaster
from factory_perception.motion.network_rows import network_rows
from factory_perception.motion.ridge import ridge


class Forecaster:
    """Forecasts the joints of some robots, row by row."""

    def __init__(self, spec: ForecastSpec, engine: Engine, robots: int = 1) -> None:
        """Take a model.

        Raises:
            ModelError: the engine is not that of a forecasting model.
        """
        self.spec = spec
        self.joints, self.step_ns, self.steps = spec.joints, spec.step_ns, spec.steps
        self.horizons_s, self.methods = spec.horizons_s, spec.use
        #: Rows that a robot must have before it can be forecast.
        self.rows_needed = spec.lags
        self.wants_plan = spec.plan or 'reference' in spec.use
        self._network = NetworkForecaster(engine, robots)

    def use(self, engine: Engine) -> None:
        """Go on with another engine of the same model."""
        self._network.use(engine)

    def reset(self, robot: int) -> None:
        """Forget what a robot did."""
        self._network.reset(robot)

    def step(
        self,
        robots: Sequence[int],
        windows: NDArray[np.float64],
        plan: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """Take the next row of some robots and forecast: quantiles ``(B, H, 3, J)``.

        Args:
            robots: B numbers of robots, none twice.
            windows: ``(B, lags, 3, J)``, the last rows of each, positions known.
            plan: ``(B, 1 + H, J)``, planned positions now and at every horizon; only for models
                and forecasters that take one.

        Raises:
            EngineError: the runtime failed.
            ValueError: a plan is needed.
        """
        spec = self.spec
        if plan is None and self.wants_plan:
            raise ValueError('the model needs the plan of the controller')
        taken = plan if spec.plan else None
        rows = network_rows(windows[:, -1], windows[:, -2], spec.step_s, spec.effort_mean, taken)
        quantiles = self._network.step(robots, rows).astype(np.float64)
        for name in set(spec.use) - {NETWORK}:
            chosen = [place for place, one in enumerate(spec.use) if one == name]
            middle = naive_forecast(name, spec, windows, plan)[:, chosen]
            quantiles[:, chosen, 1] = middle
            quantiles[:, chosen, 0] = middle + spec.band[chosen, 0]
            quantiles[:, chosen, 2] = middle + spec.band[chosen, 1]
        return quantiles


def naive_forecast(
    name: str, spec: ForecastSpec, windows: NDArray[np.float64], plan: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Forecast ``(N, H, J)`` with a naive forecaster, by name; arguments as for ``step``."""
    if name == 'ridge':
        return ridge(windows, spec.ridge, spec.step_s)
    if name == 'reference':
        assert plan is not None
        return reference(windows, plan)
    return NAIVE[name](windows, spec.horizons_s)
