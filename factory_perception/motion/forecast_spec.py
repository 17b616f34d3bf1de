"""What a manifest says about a forecasting model, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.manifest import Manifest, ModelError
from factory_perception.motion.naive import NAIVE

NETWORK = 'network'
#: Who can make a forecast.
METHODS = (NETWORK, *NAIVE, 'ridge', 'reference')
TASK = 'forecast'


@dataclass(frozen=True)
class ForecastSpec:
    """How a forecasting model is used.

    Attributes:
        joints: the joints it was trained for, in its order.
        step_ns: time between two rows of its history.
        horizons_s: float64 ``(H,)``, whole multiples of the step.
        lags: rows that the linear forecaster looks at.
        ridge: float64 ``(H, J, lags)``, weights of the linear forecaster.
        effort_mean: float64 ``(J,)``, stands in for unknown effort.
        plan: whether the network takes what the controller plans.
        use: who forecasts each horizon: what was best on validation data.
        band: float64 ``(H, 2, J)``, lower and upper edge of the band relative to the forecast,
            where ``use`` is not the network.
    """

    joints: tuple[str, ...]
    step_ns: int
    horizons_s: NDArray[np.float64]
    lags: int
    ridge: NDArray[np.float64]
    effort_mean: NDArray[np.float64]
    plan: bool
    use: tuple[str, ...]
    band: NDArray[np.float64]

    @property
    def step_s(self) -> float:
        """Give the time between two rows in seconds."""
        return self.step_ns * 1e-9

    @property
    def steps(self) -> tuple[int, ...]:
        """Give the horizons in rows."""
        return tuple(round(horizon / self.step_s) for horizon in self.horizons_s)

    def as_settings(self) -> dict[str, Any]:
        """Give it as the ``settings`` of a manifest."""
        return {
            'joints': list(self.joints),
            'step_ns': self.step_ns,
            'horizons_s': self.horizons_s.tolist(),
            'lags': self.lags,
            'ridge': _rounded(self.ridge),
            'effort_mean': _rounded(self.effort_mean),
            'plan': self.plan,
            'use': list(self.use),
            'band': _rounded(self.band),
        }


def _rounded(values: NDArray[np.float64]) -> Any:
    return np.vectorize(lambda value: float(f'{value:.7g}'), otypes=[float])(values).tolist()


def read_spec(manifest: Manifest) -> ForecastSpec:
    """Read the settings of a forecasting model.

    Raises:
        ModelError: it is no such model, or its settings do not fit together.
    """
    label = f'{manifest.name}@{manifest.version}'
    if manifest.task != TASK:
        raise ModelError(
            f'{label} is a model for {manifest.task}, not for {TASK}: choose another one '
            '(factory_perception models list)'
        )
    try:
        spec = _read(manifest.settings)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f'{label}: its settings cannot be used ({type(error).__name__}: {error}): publish the '
            'model again'
        ) from error
    horizons, joints = len(spec.horizons_s), len(spec.joints)
    fits = (
        spec.ridge.shape == (horizons, joints, spec.lags)
        and spec.effort_mean.shape == (joints,)
        and spec.band.shape == (horizons, 2, joints)
        and len(spec.use) == horizons
        and set(spec.use) <= set(METHODS)
        and spec.step_ns > 0
        and bool((np.diff(spec.horizons_s) > 0).all())
        and min(spec.steps) > 0
    )
    if not fits:
        raise ModelError(f'{label}: its settings do not fit together: publish the model again')
    return spec


def _read(settings: Mapping[str, Any]) -> ForecastSpec:
    def numbers(key: str) -> NDArray[np.float64]:
        return np.array(settings[key], np.float64)

    joints: Sequence[str] = settings['joints']
    return ForecastSpec(
        tuple(map(str, joints)),
        int(settings['step_ns']),
        numbers('horizons_s'),
        int(settings['lags']),
        numbers('ridge'),
        numbers('effort_mean'),
        bool(settings['plan']),
        tuple(map(str, settings['use'])),
        numbers('band'),
    )
