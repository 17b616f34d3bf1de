"""The stage of the scenarios: NVIDIA's bindings on the fake core, and fixtures. A pytest plugin."""

from __future__ import annotations

from collections.abc import Callable
import ctypes
import gc
import time

import pytest
import tensorrt as trt

from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.engines.tensorrt.engine import TensorRtEngine
from factory_perception.engines.tensorrt.options import BuildOptions
from factory_perception.engines.tensorrt.provision import Provision
from factory_perception.model_store.folder import ModelFolder
from test.engines.tensorrt_contract.fake_core import FakeCore
from test.engines.tensorrt_contract.learning import connect

MAJOR = trt.__version__.split('.')[0]
CUDART = ctypes.CDLL('libcudart.so.13')
FAKE = connect(trt, FakeCore(f'libnvinfer.so.{MAJOR}'), CUDART)
#: Kinds of things that the fake CUDA runtime counts.
PINNED, DEVICE, STREAM, GRAPH, EXECUTABLE = range(5)
#: Errors of the CUDA runtime.
OUT_OF_MEMORY, ILLEGAL_ADDRESS, ACTIVE_CONTEXT, CAPTURE_UNSUPPORTED = 2, 700, 708, 900


@pytest.fixture(autouse=True)
def _clean():
    """Undo the switches; afterwards nothing may be alive, nor may anything unknown be called."""
    FAKE.reset()
    fail('', 0)
    yield
    fail('', 0)
    gc.collect()
    assert FAKE.core.unknown_call() == ''
    assert alive(PINNED, DEVICE, STREAM, GRAPH, EXECUTABLE) == 0


@pytest.fixture(params=[make_detector, make_recurrent], ids=['detector', 'recurrent'])
def any_folder(request, store) -> ModelFolder:
    return publish_network(store, request.param())


@pytest.fixture
def folder(store) -> ModelFolder:
    return publish_network(store, make_detector())


def built(folder: ModelFolder, precision: str = 'fp32', **options) -> TensorRtEngine:
    """Open a plan, built if there is none."""
    return Provision(folder, precision, BuildOptions(**options)).load_or_build()


def fail(function: str, code: int, skip: int = 0) -> None:
    """Let a function of the CUDA runtime fail from its call after ``skip`` more on."""
    CUDART.fake_fail(function.encode(), code, skip)


def calls(function: str) -> int:
    """Count the calls of a function of the CUDA runtime."""
    return CUDART.fake_calls(function.encode())


def alive(*kinds: int) -> int:
    """Count what was made and not yet freed."""
    return sum(CUDART.fake_alive(kind) for kind in kinds)


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'it never happened'
        time.sleep(0.005)
