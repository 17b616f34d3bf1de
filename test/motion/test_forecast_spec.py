"""Settings of forecasting models: read back as written, refused when they do not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.model_store.manifest import ModelError
from factory_perception.motion.forecast_spec import read_spec
from test.motion.support import publish_forecaster
from test.support import publish_blobs

JOINTS = ['a', 'b']


def test_read_back_as_written(store):
    manifest = publish_forecaster(store, JOINTS).manifest
    spec = read_spec(manifest)
    assert spec.steps == (2, 4, 10, 20) and spec.joints == ('a', 'b')
    again = read_spec(replace(manifest, settings=spec.as_settings()))
    assert again.use == spec.use and again.step_s == pytest.approx(0.025)
    np.testing.assert_array_equal(again.band, spec.band)


BROKEN = {
    'horizons_s': [0.1, 0.05, 0.25, 0.5],
    'use': ['network'],
    'lags': 7,
    'effort_mean': [0.0],
    'step_ns': 0,
    'ridge': 'none',
    'joints': None,
}


@pytest.mark.parametrize('key, value', BROKEN.items())
def test_settings_that_do_not_fit(store, key, value):
    manifest = publish_forecaster(store, JOINTS).manifest
    with pytest.raises(ModelError, match='publish the model again'):
        read_spec(replace(manifest, settings={**manifest.settings, key: value}))


def test_unknown_forecaster_and_other_task(store):
    manifest = publish_forecaster(store, JOINTS).manifest
    with pytest.raises(ModelError, match='do not fit together'):
        read_spec(replace(manifest, settings={**manifest.settings, 'use': ['oracle'] * 4}))
    with pytest.raises(ModelError, match='blobs@1 is a model for detect'):
        read_spec(publish_blobs(store).manifest)
