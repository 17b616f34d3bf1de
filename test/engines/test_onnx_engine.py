"""ONNX Runtime behind the engine door."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.engines.engine import EngineError
from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.publish import publish
from test.support import mean_manifest, mean_model, publish_mean


@pytest.fixture
def folder(store):
    return publish_mean(store)


@pytest.mark.parametrize('batch', [1, 2, 5])
def test_fills_preallocated_outputs_and_copies_nothing(folder, batch):
    with OnnxEngine(folder) as engine:
        buffers = engine.buffers(batch)
        addresses = {name: array.ctypes.data for name, array in buffers.outputs.items()}
        for seed in range(3):
            image = np.random.default_rng(seed).normal(size=(batch, 3, 8, 8)).astype(np.float32)
            buffers.inputs['image'][:] = image
            engine.infer(buffers)
            assert np.allclose(
                buffers.outputs['means'], np.maximum(image, 0).mean((2, 3)), atol=1e-6
            )
        assert addresses == {name: array.ctypes.data for name, array in buffers.outputs.items()}


def test_says_what_is_running(folder):
    with OnnxEngine(folder) as engine:
        assert engine.info.backend == 'onnxruntime'
        assert engine.info.precision == 'fp32'
        assert engine.info.model == 'means@1'
        assert engine.info.model_sha256 == folder.manifest.files['fp32.onnx'].sha256
        assert engine.warm_up() > 0


def test_refuses_impossible_batches(folder):
    with OnnxEngine(folder) as engine, pytest.raises(EngineError, match='not 0'):
        engine.buffers(0)


def test_changed_file_is_refused_before_the_runtime_sees_it(folder):
    path = folder.path / 'fp32.onnx'
    path.write_bytes(path.read_bytes()[:-1] + b'!')
    with pytest.raises(ModelError, match='not the file that was published'):
        OnnxEngine(folder)


def test_file_that_is_no_network(store):
    folder = publish(
        store,
        mean_manifest(),
        {'fp32.onnx': b'not a network'},
        {'fp32.onnx': {'precision': 'fp32'}},
    )
    with pytest.raises(EngineError, match=r'refuses .*fp32\.onnx'):
        OnnxEngine(folder)


@pytest.mark.parametrize(
    'change, text',
    [
        (
            {'outputs': [{'name': 'scores', 'dtype': 'float32', 'shape': ['batch', 3]}]},
            r'outputs means float32 \[batch, 3\] but its manifest promises scores float32',
        ),
        (
            {'outputs': [{'name': 'means', 'dtype': 'float32', 'shape': ['batch', 4]}]},
            'promises means',
        ),
        ({'outputs': [{'name': 'means', 'dtype': 'float16', 'shape': ['batch', 3]}]}, 'float16'),
    ],
)
def test_network_that_differs_from_its_manifest(store, change, text):
    folder = publish(
        store,
        mean_manifest(**change),
        {'fp32.onnx': mean_model()},
        {'fp32.onnx': {'precision': 'fp32'}},
    )
    with pytest.raises(EngineError, match=text):
        OnnxEngine(folder)
