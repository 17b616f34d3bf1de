"""The forecasts that a published model gives on recordings, beside naive ones and what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.motion.forecast_spec import ForecastSpec, read_spec
from factory_perception.training.datasets.series import SeriesData
from factory_perception.training.forecast_engine import run_engine
from factory_perception.training.forecast_metrics import (
    compare,
    Compared,
    drawn_units,
    forecast_figures,
    horizon_names,
    OURS,
)
from factory_perception.training.motion_segments import read_segments, Segment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastAnswers:
    """Every forecast of every stretch.

    Attributes:
        segments: what was recorded.
        quantiles: ``(T - lags + 1, H, 3, J)`` of each segment, as a node publishes them.
        compared: errors of ours and of the naive forecasters, by segment.
        spec: joints, horizons, who forecasts what.
    """

    segments: Sequence[Segment]
    quantiles: Sequence[Array]
    compared: Sequence[Compared]
    spec: ForecastSpec
    names: tuple[str, ...] = ('skill_over_best', 'coverage')

    @property
    def classes(self) -> tuple[str, ...]:
        """Name the horizons."""
        return tuple(horizon_names(self.spec))

    @property
    def units(self) -> int:
        """Give the number of recordings, or of stretches where recordings are few."""
        return len(self._inside)

    @property
    def unit(self) -> str:
        """Say what is resampled."""
        return self._drawn[1]

    @property
    def recordings(self) -> tuple[str, ...]:
        """Name the recording of each segment."""
        return tuple(one.recording for one in self.segments)

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Give the figures of the whole set, as ``evaluate`` writes them."""
        return forecast_figures(self.compared, self.recordings, self.spec)

    @cached_property
    def _drawn(self) -> tuple[list[list[Compared]], str]:
        return drawn_units(self.compared, self.recordings, self.spec)

    @cached_property
    def _inside(self) -> Array:
        """Give how many forecasts of each unit held what came, and how many there are (U, 2)."""
        return np.array(
            [(sum(int(one.inside.sum()) for one in unit), sum(one.inside.size for one in unit))
             for unit in self._drawn[0]], np.float64,
        )  # fmt: skip

    @cached_property
    def _squares(self) -> Array:
        """Give summed squares by unit, horizon, and ours or the best naive one (U, H, 2)."""
        best = self.figures['best_naive']
        rows = [
            [
                [sum(float((one.errors[name][:, place] ** 2).sum()) for one in unit)
                 for name in (OURS, best[horizon])]
                for place, horizon in enumerate(self.classes)
            ]
            for unit in self._drawn[0]
        ]  # fmt: skip
        return np.array(rows)

    def measure(self, weights: Array) -> Array:
        """Give mean skill over the best naive forecaster, coverage, and the skill by horizon."""
        totals = np.tensordot(weights, self._squares, 1)  # (H, 2)
        rival = np.where(totals[:, 1] > 0, totals[:, 1], np.nan)
        skill = 1 - np.sqrt(totals[:, 0] / rival)
        held, count = weights @ self._inside
        return np.array([skill.mean(), held / count if count else np.nan, *skill])


def forecast_answers(
    folder: ModelFolder, data: SeriesData, backend: str, precision: str
) -> ForecastAnswers:
    """Run a published forecaster over recordings, row by row as a node does.

    Raises:
        SettingsError: the recordings lack a joint, or are too short.
    """
    spec = read_spec(folder.manifest)
    least = spec.lags + max(spec.steps) + 1
    segments = read_segments(data, spec.joints, spec.step_s, spec.horizons_s, least)
    with open_engine(folder, backend, precision) as engine:
        quantiles = [run_engine(spec, engine, segment) for segment in segments]
    compared = [compare(one, spec, answer) for one, answer in zip(segments, quantiles)]
    return ForecastAnswers(segments, quantiles, compared, spec)
