"""A forecaster learns, is published, and says where a naive one is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from factory_perception.engines.selection import open_engine
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.training.forecast_data import frame_of, open_segments, Windows
from factory_perception.training.forecast_engine import run_engine
from factory_perception.training.forecast_lesson import pinball
from factory_perception.training.forecast_recipe import ForecastRecipe
from factory_perception.training.networks.forecasting import ForecastNetwork, ForecastStep, Scales
from factory_perception.training.order import Order
from factory_perception.training.produce import produce
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings, ForecastSettings, TrainingSettings
from test.training.motion_support import Swings

HOW = ForecastSettings(hidden=12, windows=64, window_s=1.5, lags=4)
FIT = FitSettings(epochs=12, batch=16, learning_rate=0.01, average_steps=10, workers=0)


def network(hidden: int = 6) -> ForecastNetwork:
    torch.manual_seed(0)
    scales = Scales(torch.zeros(4, 3), torch.ones(4, 3), torch.ones(2, 3))
    return ForecastNetwork(scales, torch.tensor([0.1, 0.5]), hidden, 0.0).eval()


def test_one_step_is_the_same_as_the_whole_series():
    net = network()
    rows = torch.randn(2, 30, 4, 3)
    whole = net(rows)
    step, state, found = ForecastStep(net), torch.zeros(2, 3, 6), []
    for at in range(30):
        quantiles, state = step(rows[:, at], state)
        found.append(quantiles)
    torch.testing.assert_close(torch.stack(found, 1), whole, atol=1e-5, rtol=1e-5)


def test_quantiles_never_cross_whatever_comes_in():
    found = network()(torch.randn(4, 20, 4, 3) * 1e4)
    assert bool((found[:, :, :, 0] <= found[:, :, :, 1]).all())
    assert bool((found[:, :, :, 1] <= found[:, :, :, 2]).all())


def test_pinball_is_least_at_the_quantiles():
    came = torch.linspace(0, 1, 1001)[None, :, None, None]
    unit = torch.ones(1, 1)

    def loss(low, middle, high):
        found = torch.tensor([low, middle, high])[:, None].expand(1, 1001, 1, 3, 1)
        return float(pinball(found, came, unit, 0))

    best = loss(0.05, 0.5, 0.95)
    assert best < min(loss(0.1, 0.5, 0.95), loss(0.05, 0.6, 0.95), loss(0.05, 0.5, 0.9))


@pytest.mark.parametrize('change', [{}, {'stretch_low': 0.5, 'stretch_high': 2.0}, {'flip': 1.0}])
def test_windows_hold_what_comes(change):
    how = replace(HOW, **change)
    data = Swings([1, 2])
    segments = open_segments(data, how)
    frame = frame_of(data, segments, how)
    windows = Windows(segments, frame, how)
    for seed in range(5):
        rows, came = windows.draw(np.random.default_rng(seed))
        assert rows.shape == (60, 4, 2) and came.shape == (60, 4, 2)
        np.testing.assert_allclose(came[:-20, 3], rows[20:, 0], atol=1e-5)
        np.testing.assert_allclose(rows[1:, 2], np.diff(rows[:, 0], axis=0) / 0.025, atol=1e-3)
        np.testing.assert_allclose(rows[:, 1], rows[:, 2], atol=0.3)


@pytest.mark.parametrize('horizons', [(50.0, 60.0, 250.0, 500.0), (100.0, 50.0, 250.0, 500.0)])
def test_horizons_must_fit_the_step(horizons):
    with pytest.raises(SettingsError, match='must rise and be whole multiples'):
        open_segments(Swings([1]), replace(HOW, horizons_ms=horizons))


@pytest.mark.slow
def test_from_recordings_to_a_published_model(tmp_path, store):
    settings = TrainingSettings(fit=FIT, forecast=HOW)
    order = Order(
        name='swing', recipe=ForecastRecipe(), data=Swings(range(6)),
        validation=Swings(range(50, 53)), settings=settings, store=store,
        run=RunFolder(tmp_path / 'run'), command='test',
        licence={'model': 'none', 'data': 'none'},
    )  # fmt: skip
    said: list[str] = []
    folder = produce(order, lambda step: None, said.append)
    assert folder is not None
    manifest = folder.manifest
    assert manifest.precisions == ('fp32',) and manifest.settings['joints'] == ['a', 'b']
    spec = read_spec(manifest)
    figures = manifest.metrics['fp32']
    for horizon, name in zip(('50_ms', '100_ms', '250_ms', '500_ms'), spec.use):
        best = figures['best_naive'][horizon]
        least = min(figures['rmse_rad'][best][horizon], figures['rmse_rad']['ours'][horizon])
        assert figures['rmse_rad']['ours'][horizon] <= least * 1.001 or name == 'network'
    assert 0.8 < figures['coverage']['500_ms'] < 0.97
    assert 'Against naive forecasters' in (folder.path / 'report' / 'index.html').read_text()
    decision = manifest.provenance['promotion']
    assert decision['comparison']['first'] == 'the best naive forecasters'
    assert decision['promoted'] is (store.champion('swing') == 1) is ('network' in spec.use)
    with open_engine(folder, 'onnxruntime') as engine:
        (segment,) = open_segments(Swings([50]), HOW)
        found = run_engine(spec, engine, segment)
    assert found.shape == (len(segment) - HOW.lags + 1, 4, 3, 2) and np.isfinite(found).all()
