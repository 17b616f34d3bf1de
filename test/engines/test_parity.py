"""Engines against the probe vectors of their model."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.engines.engine import EngineError
from factory_perception.engines.parity import check_parity, compare, require_parity, Tolerance
from factory_perception.model_store.folder import Probe
from factory_perception.model_store.manifest import ModelError, TensorSpec
from factory_perception.model_store.publish import publish
from test.engines.plain_engine import means_engine, PlainEngine
from test.support import mean_manifest, mean_model, publish_mean

TOLERANCE = Tolerance(max_rel=0.1, rms_rel=0.05)


@pytest.mark.parametrize(
    'found, expected, max_abs, max_rel, rms_rel, passed',
    [
        ([1, 2, 4], [1, 2, 4], 0, 0, 0, True),
        ([1, 2, 3.6], [1, 2, 4], 0.4, 0.1, 0.1 / 3**0.5, False),
        ([1, 2, 3.7], [1, 2, 4], 0.3, 0.075, 0.075 / 3**0.5, True),
        ([1, 2, 4.8], [1, 2, 4], 0.8, 0.2, 0.2 / 3**0.5, False),
        # Many small errors weigh as much as a large one.
        ([1.3, 2.3, 3.7], [1, 2, 4], 0.3, 0.075, 0.075, False),
        # Values near zero are measured against 0.01, not against themselves.
        ([1e-4, 0, 0], [0, 0, 0], 1e-4, 1e-2, 1e-2 / 3**0.5, True),
        ([np.nan, 2, 4], [1, 2, 4], np.inf, np.inf, np.inf, False),
        ([np.inf, 2, 4], [1, 2, 4], np.inf, np.inf, np.inf, False),
        # Where an infinity is expected too, there is no difference to be measured.
        ([np.inf, 2, 4], [np.inf, 2, 4], np.inf, np.inf, np.inf, False),
    ],
)
def test_measures(found, expected, max_abs, max_rel, rms_rel, passed):
    parity = compare('y', np.float32(found), np.float32(expected), TOLERANCE)
    assert [parity.max_abs, parity.max_rel, parity.rms_rel] == pytest.approx(
        [max_abs, max_rel, rms_rel], rel=1e-4
    )
    assert parity.passed == passed


@pytest.mark.parametrize('dtype', [np.uint8, np.int64, np.bool_])
def test_integers_do_not_wrap_round(dtype):
    parity = compare('y', np.array([0], dtype), np.array([1], dtype), TOLERANCE)
    assert parity.max_abs == 1 and not parity.passed


@pytest.mark.parametrize(
    'samples, max_batch, largest, runs',
    [(1, None, None, 1), (5, None, None, 1), (5, 2, None, 3), (4, 2, None, 2), (5, None, 1, 5)],
)
def test_every_sample_is_run(samples, max_batch, largest, runs):
    image = np.random.default_rng(0).normal(size=(samples, 3, 8, 8)).astype(np.float32)
    probe = Probe({'image': image}, {'means': np.maximum(image, 0).mean((2, 3))})
    engine = means_engine(max_batch=max_batch)
    report = check_parity(engine, probe, largest_batch=largest)
    assert report.passed and report.samples == samples and engine.runs == runs
    probe.outputs['means'][-1, 0] += 1  # seen wherever it is
    assert not check_parity(engine, probe, largest_batch=largest).passed


def test_network_without_a_batch():
    spec = TensorSpec('x', 'float32', (2, 2))
    engine = PlainEngine((spec,), (spec,), lambda inputs: inputs)
    square = np.eye(2, dtype=np.float32)
    assert check_parity(engine, Probe({'x': square}, {'x': square})).samples == 1
    assert not check_parity(engine, Probe({'x': square}, {'x': 2 * square})).passed


IMAGE = np.zeros((2, 3, 8, 8), np.float32)
MEANS = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    'inputs, outputs',
    [
        ({}, {'means': MEANS}),
        ({'image': IMAGE}, {}),
        ({'image': IMAGE[:, :2]}, {'means': MEANS}),
        ({'image': IMAGE.astype(np.float64)}, {'means': MEANS}),
        ({'image': IMAGE}, {'means': MEANS.T}),
        ({'image': IMAGE[:0]}, {'means': MEANS[:0]}),
        ({'image': IMAGE[:1]}, {'means': MEANS}),
        ({'image': np.float32(1)}, {'means': MEANS}),
        ({'image': np.zeros((3, 3, 8, 8), np.float32)}, {'means': MEANS}),
    ],
)
def test_probe_vectors_that_do_not_fit(inputs, outputs):
    with pytest.raises(EngineError, match=r'probe vectors of means@1 (do not fit|have differing)'):
        check_parity(means_engine(), Probe(inputs, outputs))


def test_tolerance_of_the_precision(store):
    folder = publish_mean(store)
    probe = folder.read_probe()
    largest = float(probe.outputs['means'].max())
    for precision, off in (('fp32', 1e-5), ('fp16', 1e-3), ('int8', 2e-2)):
        good, bad = means_engine(off * largest), means_engine(40 * off * largest)
        assert check_parity(good, probe, precision).passed
        assert not check_parity(bad, probe, precision).passed


def test_an_engine_that_differs_may_not_serve(store):
    folder = publish_mean(store)
    assert require_parity(means_engine(), folder).max_abs < 1e-6
    with pytest.raises(
        EngineError, match=r'means@1 on plain fp32 does not compute .*: means is off'
    ):
        require_parity(means_engine(0.5), folder)
    with pytest.raises(EngineError, match='means has values that are not finite'):
        require_parity(means_engine(np.nan), folder)


def test_a_model_without_probe_vectors_cannot_be_proved(store):
    facts = {'fp32.onnx': {'precision': 'fp32'}}
    folder = publish(store, mean_manifest(), {'fp32.onnx': mean_model()}, facts)
    with pytest.raises(ModelError, match=r'has no file probe\.npz'):
        require_parity(means_engine(), folder)
