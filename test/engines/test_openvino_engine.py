"""OpenVINO behind the engine door."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.engines import openvino_engine
from factory_perception.engines.engine import EngineError
from factory_perception.engines.openvino_engine import OpenVinoEngine
from factory_perception.engines.parity import check_parity
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.model_store.publish import publish
from factory_perception.resources import cache_home
from test.support import mean_manifest, publish_mean

pytest.importorskip(
    'openvino', reason='OpenVINO is an extra: pip install "factory_perception[openvino]"'
)


@pytest.mark.parametrize('batch', [1, 2, 5])
def test_fills_preallocated_outputs_and_copies_nothing(store, batch):
    with OpenVinoEngine(publish_mean(store)) as engine:
        buffers = engine.buffers(batch)
        addresses = {name: array.ctypes.data for name, array in buffers.outputs.items()}
        for seed in range(3):
            image = np.random.default_rng(seed).normal(size=(batch, 3, 8, 8)).astype(np.float32)
            buffers.inputs['image'][:] = image
            engine.infer(buffers)
            expected = np.maximum(image, 0).mean((2, 3))
            assert np.allclose(buffers.outputs['means'], expected, atol=1e-6)
        request = buffers.binding
        assert request.get_tensor('means').data.ctypes.data == addresses['means']
        assert addresses == {name: array.ctypes.data for name, array in buffers.outputs.items()}


@pytest.mark.parametrize('make', [make_detector, make_recurrent])
def test_computes_in_every_precision(store, make):
    folder = publish_network(store, make())
    for precision in folder.manifest.precisions:
        with OpenVinoEngine(folder, precision) as engine:
            assert check_parity(engine, folder.read_probe(), precision).passed


def test_fp32_is_fp32_even_where_the_processor_has_bf16(store):
    with OpenVinoEngine(publish_mean(store), threads=2) as engine:
        hint = engine._network.get_property('INFERENCE_PRECISION_HINT')
        assert hint.get_type_name() == 'f32'
        assert engine._network.get_property('INFERENCE_NUM_THREADS') == 2
        assert engine.info.device.endswith('(2 threads)')
        assert engine.info.precision == 'fp32'
    assert list((cache_home() / 'openvino').iterdir())


def test_bf16_needs_the_instructions(store, tmp_path, monkeypatch):
    folder = publish_network(store, make_detector())
    flags = tmp_path / 'cpuinfo'
    monkeypatch.setattr(openvino_engine, '_CPU_INFO', flags)
    for text in (None, 'flags : fpu avx2 avx512f'):
        if text:
            flags.write_text(text)
        with pytest.raises(EngineError, match='bf16 is of no use here'):
            OpenVinoEngine(folder, 'bf16')
    flags.write_text('flags : fpu avx512_bf16')
    with OpenVinoEngine(folder, 'bf16') as engine:
        assert engine.info.precision == 'bf16'
        assert engine.info.model_sha256 == folder.manifest.files['fp32.onnx'].sha256
        assert check_parity(engine, folder.read_probe()).passed


def test_refuses_impossible_batches(store):
    with OpenVinoEngine(publish_mean(store)) as engine, pytest.raises(EngineError, match='not 0'):
        engine.buffers(0)


def test_file_that_is_no_network(store):
    files, facts = {'fp32.onnx': b'not a network'}, {'fp32.onnx': {'precision': 'fp32'}}
    folder = publish(store, mean_manifest(), files, facts)
    with pytest.raises(EngineError, match=r'OpenVINO refuses .*fp32\.onnx: \S'):
        OpenVinoEngine(folder)


def test_network_that_differs_from_its_manifest(store):
    change = {'outputs': [{'name': 'scores', 'dtype': 'float32', 'shape': ['batch', 3]}]}
    with pytest.raises(EngineError, match=r'outputs means float32 \[batch, 3\] but its manifest'):
        OpenVinoEngine(publish_mean(store, **change))
