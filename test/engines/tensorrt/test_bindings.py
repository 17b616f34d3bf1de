"""TensorRT is imported only where it cannot crash the process."""

from __future__ import annotations

import builtins
import sys
import types

import pytest

from factory_perception.engines.tensorrt import bindings
from factory_perception.engines.tensorrt.libcudart import CudaError


def test_without_a_gpu_nothing_is_imported(monkeypatch):
    def no_gpu():
        raise CudaError('no CUDA runtime (libcudart.so) is installed')

    real_import = builtins.__import__

    def guarded(name, *arguments, **keywords):
        assert not name.startswith('tensorrt')
        return real_import(name, *arguments, **keywords)

    monkeypatch.setattr(bindings, 'find_library', no_gpu)
    monkeypatch.setattr(builtins, '__import__', guarded)
    assert bindings.unavailable_reason() == (
        'no NVIDIA GPU with a driver that fits: no CUDA runtime (libcudart.so) is installed'
    )


@pytest.mark.parametrize(
    'version, reason',
    [
        ('10.3.0', ''),
        ('10.16.1.11', ''),
        ('11.4.0.106', ''),
        ('12.0.0', ''),
        ('10.2.9', 'TensorRT 10.2.9 is too old: 10.3 or later is needed'),
        ('8.6.1', 'TensorRT 8.6.1 is too old: 10.3 or later is needed'),
    ],
)
def test_versions(monkeypatch, version, reason):
    monkeypatch.setattr(bindings, 'find_library', lambda: None)
    monkeypatch.setitem(
        sys.modules, 'tensorrt', types.SimpleNamespace(__version__=version, Builder=None)
    )
    assert bindings.unavailable_reason() == reason


def test_a_module_that_is_called_the_same(monkeypatch):
    monkeypatch.setattr(bindings, 'find_library', lambda: None)
    monkeypatch.setitem(sys.modules, 'tensorrt', types.ModuleType('tensorrt'))
    assert 'is not the tensorrt of NVIDIA' in bindings.unavailable_reason()


def test_bindings_that_cannot_be_imported(monkeypatch):
    monkeypatch.setattr(bindings, 'find_library', lambda: None)
    monkeypatch.setitem(sys.modules, 'tensorrt', None)
    assert 'make the environment with --system-site-packages' in bindings.unavailable_reason()
