"""Whether TensorRT is usable is found out without touching it."""

from __future__ import annotations

import tensorrt as trt

from factory_perception.engines import selection
from factory_perception.engines.tensorrt import bindings, libcudart
from test.engines.tensorrt_contract.stage import CUDART


def test_usable():
    assert bindings.unavailable_reason() == ''
    assert selection.available()['tensorrt'] == ''


def test_without_a_gpu_tensorrt_is_not_touched(monkeypatch):
    def refuse(*arguments):
        raise AssertionError('TensorRT was touched')

    for name in ('Runtime', 'Builder', 'ILogger'):
        monkeypatch.setattr(trt, name, refuse)
    libcudart.find_library.cache_clear()
    CUDART.fake_devices(0)
    try:
        assert 'libcudart.so.13 sees none' in bindings.unavailable_reason()
    finally:
        CUDART.fake_devices(1)
        libcudart.find_library.cache_clear()


def test_old_versions_are_refused(monkeypatch):
    monkeypatch.setattr(trt, '__version__', '8.6.1')
    assert 'TensorRT 8.6.1 is too old' in bindings.unavailable_reason()
