"""``factory_perception engines`` on a machine without a GPU."""

from __future__ import annotations

import pytest

from factory_perception.cli.main import main
from factory_perception.engines import comparison
from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.tensorrt import bindings


@pytest.fixture(autouse=True)
def _machine(monkeypatch):
    monkeypatch.setattr(bindings, 'unavailable_reason', lambda: 'no GPU here')
    monkeypatch.setattr(comparison, '_TIMED_SECONDS', 0.0)


@pytest.fixture
def model(store):
    folder = publish_network(store, make_detector())
    return ['--store', str(folder.path.parents[1]), folder.label]


def test_list(capsys):
    assert main(['engines', 'list']) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0][:2] == ['onnxruntime', 'yes']
    assert lines[2] == ['tensorrt', 'no', 'no', 'GPU', 'here']
    assert lines[3][:4] == ['0', 'plans,', '0.0', 'MB,']


def test_check(capsys, model):
    assert main(['engines', 'check', *model]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert rows[0].split()[:2] == ['onnxruntime', 'fp32'] and '1.00x ok' in rows[0]
    assert any(row.startswith('onnxruntime  int8') for row in rows)
    assert any(row.startswith('openvino     int8') for row in rows)
    assert rows[-1].split() == ['tensorrt', 'not', 'compared:', 'no', 'GPU', 'here']


def test_check_finds_what_is_wrong(capsys, model, monkeypatch):
    real = OnnxEngine.infer

    def infer(self, buffers):
        real(self, buffers)
        buffers.outputs['scores'][:] = 0

    monkeypatch.setattr(OnnxEngine, 'infer', infer)
    assert main(['engines', 'check', *model]) == 1
    captured = capsys.readouterr()
    assert 'FAILED: boxes is off by' in captured.out
    assert 'selftest_detector@1: 3 engines do not compute what they should' in captured.err


def test_build_needs_a_gpu(capsys, model, monkeypatch):
    def refuse():
        raise bindings.EngineError('no GPU here')

    monkeypatch.setattr(bindings, 'load', refuse)
    assert main(['engines', 'build', *model]) == 1
    assert capsys.readouterr().err == 'factory_perception: no GPU here\n'


@pytest.mark.parametrize(
    'arguments, code',
    [([], 0), (['--backend', 'onnxruntime'], 0), (['--backend', 'tensorrt'], 1)],
)
def test_selftest(capsys, arguments, code):
    assert main(['engines', 'selftest', *arguments]) == code
    output = capsys.readouterr().out
    assert ('tensorrt is not usable here: no GPU here' in output) == (
        arguments != ['--backend', 'onnxruntime']
    )
    assert ('ok     onnxruntime selftest_detector fp32' in output) == (
        arguments != ['--backend', 'tensorrt']
    )
