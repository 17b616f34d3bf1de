"""Which engine serves, and what is told about it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from factory_perception.engines import openvino_engine, selection
from factory_perception.engines.engine import EngineError
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.tensorrt import bindings
from factory_perception.model_store.manifest import ModelError
from test.support import publish_mean


@pytest.fixture(autouse=True)
def _no_gpu(monkeypatch):
    monkeypatch.setattr(bindings, 'unavailable_reason', lambda: 'no GPU here')


@pytest.fixture
def folder(store):
    return publish_network(store, make_detector())


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)


def test_asking_what_is_usable_never_crashes():
    result = run_python('from factory_perception.engines.selection import *; print(available())')
    assert result.returncode == 0, result.stderr
    assert "'onnxruntime': ''" in result.stdout and "'tensorrt': '" in result.stdout


def test_importing_imports_no_runtime():
    result = run_python(
        'import sys, factory_perception.cli.engines\n'
        'print({"onnxruntime", "openvino", "tensorrt", "torch", "rich"} & set(sys.modules))'
    )
    assert result.stdout.strip() == 'set()', result.stderr


def test_auto_is_onnx_runtime_and_says_why(folder):
    with selection.open_engine(folder) as engine:
        assert (engine.info.backend, engine.info.precision) == ('onnxruntime', 'fp32')
        assert engine.info.note == 'not TensorRT: no GPU here'


def test_a_precision_for_a_gpu_is_not_taken_on_the_cpu_unasked(folder):
    with selection.open_engine(folder, precision='int8') as engine:
        assert (engine.info.backend, engine.info.precision) == ('onnxruntime', 'fp32')
        assert 'fp32 instead of int8, which is faster on a GPU only' in engine.info.note


@pytest.mark.parametrize(
    'backend, precision, runs, note',
    [
        ('onnxruntime', 'auto', 'fp32', ''),
        ('onnxruntime', 'fp32', 'fp32', ''),
        ('onnxruntime', 'int8', 'int8', 'int8 is made for a GPU; here it is slower than fp32'),
        ('onnxruntime', 'fp16', 'fp16', 'fp16 is made for a GPU; here it is slower than fp32'),
        ('openvino', 'auto', 'fp32', ''),
        ('openvino', 'int8', 'int8', ''),
        ('openvino', 'fp16', 'fp16', 'fp16 is made for a GPU; here it is computed in fp32'),
    ],
)
def test_what_is_asked_for_by_name_is_taken(folder, backend, precision, runs, note):
    with selection.open_engine(folder, backend, precision) as engine:
        assert (engine.info.backend, engine.info.precision) == (backend, runs)
        assert engine.info.note == note


def test_bf16_is_openvino(folder, monkeypatch):
    monkeypatch.setattr(openvino_engine, 'bf16_unavailable_reason', lambda: '')
    with selection.open_engine(folder, precision='bf16') as engine:
        assert (engine.info.backend, engine.info.precision) == ('openvino', 'bf16')
        assert engine.info.note == 'selftest_detector@1 has no accuracy figures for bf16'
    with pytest.raises(EngineError, match='onnxruntime has no bf16'):
        selection.open_engine(folder, 'onnxruntime', 'bf16')


@pytest.mark.parametrize('opener', [selection.open_engine, selection.serve])
@pytest.mark.parametrize(
    'backend, precision, error, text',
    [
        ('tensorrt', 'auto', EngineError, 'no GPU here'),
        ('coreml', 'auto', EngineError, 'no backend "coreml", only auto, onnxruntime'),
        ('auto', 'fp64', EngineError, 'no precision "fp64", only auto, fp32'),
        ('auto', 'fp16', ModelError, 'means@1 has no fp16 file, only fp32'),
        ('onnxruntime', 'int8', ModelError, 'means@1 has no int8 file'),
    ],
)
def test_what_cannot_be_had(store, opener, backend, precision, error, text):
    with pytest.raises(error, match=text):
        opener(publish_mean(store), backend, precision)


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_a_backend_that_is_not_installed(folder, backend, monkeypatch):
    monkeypatch.setitem(sys.modules, backend, None)
    assert f'{backend} cannot be imported' in selection.available()[backend]
    with pytest.raises(EngineError, match=f'pip install {backend}'):
        selection.open_engine(folder, backend)


def test_serving_without_a_gpu_builds_nothing(folder):
    with selection.serve(folder) as slot:
        assert slot.current.info.backend == 'onnxruntime'
        assert not slot.building and not slot.take_upgrade()
        assert slot.status.endswith('serves; not TensorRT: no GPU here')
        buffers = slot.current.buffers()
        slot.current.infer(buffers)
        assert np.isfinite(buffers.outputs['boxes']).all()
