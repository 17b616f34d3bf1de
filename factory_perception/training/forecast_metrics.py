"""How good forecasts are: errors beside those of naive forecasters, and how wide the doubt is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.forecast_spec import ForecastSpec
from factory_perception.motion.forecaster import naive_forecast
from factory_perception.motion.naive import NAIVE
from factory_perception.training.motion_segments import ahead_of, Segment, windows_of
from factory_perception.training.statistics import bootstrap, Interval

Array = NDArray[np.float64]
#: With fewer recordings, stretches of so many seconds are drawn instead.
_FEW_RECORDINGS, _STRETCH_S = 8, 1.0
#: What our own forecasts are called among those of the naive forecasters.
OURS = 'ours'


@dataclass(frozen=True)
class Compared:
    """Errors of several forecasters at the same moments of one stretch.

    Attributes:
        errors: forecast minus truth by forecaster, float64 ``(N, H, J)`` each.
        inside: whether the truth was in the band of ours, bool ``(N, H, J)``.
        width: float64 ``(N, H, J)``, of that band.
    """

    errors: Mapping[str, Array]
    inside: NDArray[np.bool_]
    width: Array


def compare(segment: Segment, spec: ForecastSpec, ours: Array) -> Compared:
    """Hold our forecasts and all naive ones against what came.

    Args:
        segment: what was recorded.
        spec: horizons and the weights of the linear forecaster.
        ours: quantiles ``(T - lags + 1, H, 3, J)``, for every row but the first few.
    """
    truth = ahead_of(segment, spec.steps)[spec.lags - 1 :]
    count = len(truth)
    windows = windows_of(segment, spec.lags)[:count]
    plan = None if segment.plan is None else segment.plan[spec.lags - 1 :][:count]
    answers = ours[:count]
    errors = {OURS: answers[:, :, 1] - truth}
    for name in naive_names(plan is not None):
        errors[name] = naive_forecast(name, spec, windows, plan) - truth
    low, high = answers[:, :, 0], answers[:, :, 2]
    return Compared(errors, (truth >= low) & (truth <= high), high - low)


def naive_names(planned: bool) -> tuple[str, ...]:
    """List the naive forecasters that there are."""
    return (*NAIVE, 'ridge', *(('reference',) if planned else ()))


def forecast_figures(
    compared: Sequence[Compared], recordings: Sequence[str], spec: ForecastSpec
) -> dict[str, Any]:
    """Give errors, skill with paired intervals, and coverage, by horizon.

    ``skill`` over a rival is the share of its error that ours spares: 1 - ours / rival. Intervals
    resample recordings; where there are few of them, stretches of a second, which says less.
    """
    units, drawn = drawn_units(compared, recordings, spec)
    figures: dict[str, Any] = {
        'moments': sum(len(one.inside) for one in compared),
        'units': f'{len(units)} {drawn}',
    }
    names = list(compared[0].errors)
    rmse: dict[str, dict[str, float]] = {name: {} for name in names}
    skill: dict[str, dict[str, Any]] = {name: {} for name in names if name != OURS}
    figures |= {'rmse_rad': rmse, 'skill': skill, 'best_naive': {}, 'coverage': {}, 'width_rad': {}}
    best_skills = []
    for place, horizon in enumerate(horizon_names(spec)):
        squares = {name: _sums(units, name, place) for name in names}
        for name in names:
            rmse[name][horizon] = _root(squares[name], np.ones(len(units)))
        for name in skill:
            interval = _skill(squares[OURS], squares[name])
            skill[name][horizon] = vars(interval)
        best = min(skill, key=lambda name: rmse[name][horizon])
        figures['best_naive'][horizon] = best
        best_skills.append(skill[best][horizon]['value'])
        inside = np.concatenate([one.inside[:, place].ravel() for one in compared])
        width = np.concatenate([one.width[:, place].ravel() for one in compared])
        figures['coverage'][horizon] = float(inside.mean())
        figures['width_rad'][horizon] = float(width.mean())
    figures['skill_over_best'] = float(np.mean(best_skills))
    return figures


def horizon_names(spec: ForecastSpec) -> list[str]:
    """Name horizons as tables do: ``250_ms``."""
    return [f'{round(horizon * 1e3)}_ms' for horizon in spec.horizons_s]


def drawn_units(
    compared: Sequence[Compared], recordings: Sequence[str], spec: ForecastSpec
) -> tuple[list[list[Compared]], str]:
    """Group what is compared into what is resampled; say what that is."""
    by_name: dict[str, list[Compared]] = {}
    for one, name in zip(compared, recordings):
        by_name.setdefault(name, []).append(one)
    if len(by_name) >= _FEW_RECORDINGS:
        return list(by_name.values()), 'recordings'
    length = max(round(_STRETCH_S / spec.step_s), 1)
    units = [[_cut(one, start, start + length)] for one in compared
             for start in range(0, len(one.inside), length)]  # fmt: skip
    return units, f'stretches of {_STRETCH_S:g} s of {len(by_name)} recordings'


def _cut(one: Compared, start: int, stop: int) -> Compared:
    part = slice(start, stop)
    errors = {name: values[part] for name, values in one.errors.items()}
    return Compared(errors, one.inside[part], one.width[part])


def _sums(units: Sequence[Sequence[Compared]], name: str, place: int) -> Array:
    """Give sum of squares and count of every unit, ``(U, 2)``."""
    rows = []
    for unit in units:
        parts = [one.errors[name][:, place] for one in unit]
        rows.append((sum(float((part**2).sum()) for part in parts), sum(p.size for p in parts)))
    return np.array(rows)


def _root(sums: Array, drawn: Array) -> float:
    total, count = drawn @ sums
    return float(np.sqrt(total / count)) if count else float('nan')


def _skill(ours: Array, rival: Array) -> Interval:
    """Give 1 - ours / rival with a paired interval."""

    def figure(drawn: Array) -> float:
        below = _root(rival, drawn)
        return 1 - _root(ours, drawn) / below if below > 0 else float('nan')

    return bootstrap(figure, len(ours))
