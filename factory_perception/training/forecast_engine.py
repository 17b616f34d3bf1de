"""Forecast recordings the way a node does: row by row, through the engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.motion.forecast_spec import ForecastSpec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.training.motion_segments import Segment, windows_of


def run_engine(spec: ForecastSpec, engine: Engine, segment: Segment) -> NDArray[np.float64]:
    """Forecast a whole segment: quantiles ``(T - lags + 1, H, 3, J)``."""
    forecaster = Forecaster(spec, engine)
    windows = windows_of(segment, spec.lags)
    plan = None if segment.plan is None else segment.plan[spec.lags - 1 :]
    return np.concatenate(
        [
            forecaster.step([0], windows[at : at + 1], None if plan is None else plan[at : at + 1])
            for at in range(len(windows))
        ]
    )
