"""Figures of forecasts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.motion.forecast_spec import ForecastSpec
from factory_perception.training.forecast_metrics import compare, forecast_figures
from factory_perception.training.motion_segments import ahead_of, segments_of
from test.training.motion_support import JOINTS, swinging

HORIZONS = np.array([0.05, 0.5])
LAGS = 3


def spec() -> ForecastSpec:
    return ForecastSpec(
        JOINTS, 25_000_000, HORIZONS, LAGS, np.zeros((2, 2, LAGS)), np.zeros(2), False,
        ('network',) * 2, np.zeros((2, 2, 2)),
    )  # fmt: skip


def ours(segment, error, half):
    """Give the truth, wrong by something, with a band; what nobody knows yet is 0."""
    truth = ahead_of(segment, spec().steps)[LAGS - 1 :]
    middle = np.zeros((len(segment) - LAGS + 1, 2, 2))
    middle[: len(truth)] = truth + error
    return np.stack([middle - half, middle, middle + half], axis=2)


def figures(error, half, recordings):
    segments = [segments_of(swinging(f'r{k}', k, 6.0), JOINTS, 0.025, HORIZONS)[0]
                for k in range(recordings)]  # fmt: skip
    compared = [compare(one, spec(), ours(one, error, half)) for one in segments]
    return forecast_figures(compared, [one.recording for one in segments], spec())


def test_error_skill_and_coverage():
    found = figures(0.01, 0.02, 9)
    assert found['rmse_rad']['ours']['50_ms'] == pytest.approx(0.01)
    assert found['coverage'] == {'50_ms': 1.0, '500_ms': 1.0}
    assert found['width_rad']['500_ms'] == pytest.approx(0.04)
    assert found['units'] == '9 recordings'
    hold = found['rmse_rad']['hold']['500_ms']
    skill = found['skill']['hold']['500_ms']
    assert skill['value'] == pytest.approx(1 - 0.01 / hold)
    assert skill['low'] < skill['value'] < skill['high'] < 1
    assert set(found['skill']) == {'hold', 'constant_velocity', 'ridge', 'reference'}
    assert found['best_naive']['50_ms'] in ('constant_velocity', 'reference')


def test_few_recordings_are_cut_into_stretches():
    found = figures(0.03, 0.02, 2)
    assert found['units'].endswith('stretches of 1 s of 2 recordings')
    assert found['coverage']['50_ms'] == 0.0
    best = found['best_naive']['50_ms']
    assert found['skill'][best]['50_ms']['value'] < 0  # worse than the naive one, and said so
