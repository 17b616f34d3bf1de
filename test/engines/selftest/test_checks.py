"""The selftest on the backends that every machine has; TensorRT is in the contract tests."""

from __future__ import annotations

import pytest

from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.engines.parity import check_parity
from factory_perception.engines.selftest import checks
from factory_perception.engines.selftest.checks import run_selftest
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent


@pytest.mark.parametrize('make', [make_detector, make_recurrent])
def test_runtime_and_numpy_agree_in_every_precision(store, make):
    network = make()
    folder = publish_network(store, network)
    assert folder.manifest.precisions == tuple(network.files)
    for precision in network.files:
        with OnnxEngine(folder, precision) as engine:
            assert check_parity(engine, folder.read_probe(), precision).passed
    with OnnxEngine(folder, 'fp32') as engine:
        assert check_parity(engine, folder.read_probe()).max_rel < 1e-5


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_proves_a_backend(tmp_path, backend):
    found = []
    run_selftest([backend], tmp_path, found.append)
    assert all(check.passed for check in found), found
    subjects = {check.subject for check in found}
    assert {f'{backend} selftest_detector fp32', f'{backend} selftest_recurrent fp32'} <= subjects


def test_finds_a_backend_that_computes_nonsense(tmp_path, monkeypatch):
    real = OnnxEngine.infer

    def infer(self, buffers):
        real(self, buffers)
        for array in buffers.outputs.values():
            array += 1

    monkeypatch.setattr(OnnxEngine, 'infer', infer)
    found = []
    run_selftest(['onnxruntime'], tmp_path, found.append)
    assert [check.passed for check in found] == [False, False]
    assert 'boxes is off by 1' in found[0].detail


def test_a_backend_that_cannot_open_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(checks.openvino_engine, 'unavailable_reason', lambda: 'not installed')
    found = []
    run_selftest(['openvino'], tmp_path, found.append)
    assert found and all(check.detail == 'not installed' for check in found)
