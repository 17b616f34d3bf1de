"""Calls of the CUDA runtime that fail, and the order in which things are freed."""

from __future__ import annotations

import gc

import pytest

from factory_perception.engines import selection
from factory_perception.engines.engine import EngineError
from factory_perception.engines.tensorrt.libcudart import CudaError
from factory_perception.engines.tensorrt.provision import Provision
from test.engines.tensorrt_contract.fake_core import Kind
from test.engines.tensorrt_contract.stage import (
    alive,
    built,
    DEVICE,
    EXECUTABLE,
    fail,
    FAKE,
    GRAPH,
    ILLEGAL_ADDRESS,
    OUT_OF_MEMORY,
    PINNED,
)


@pytest.mark.parametrize('call', range(6))
def test_memory_that_runs_out_leaks_nothing(folder, call):
    with built(folder) as engine:
        function = ('cudaMalloc', 'cudaHostAlloc')[call % 2]
        fail(function, OUT_OF_MEMORY, call // 2)
        with pytest.raises(EngineError, match=rf'{function} failed: out of memory'):
            engine.buffers()
        fail('', 0)
        assert alive(DEVICE, GRAPH, EXECUTABLE) == 0
        engine.infer(engine.buffers())


@pytest.mark.parametrize('function', ['cudaGraphLaunch', 'cudaStreamSynchronize'])
def test_a_gpu_that_fails_is_an_engine_error(folder, function):
    with built(folder) as engine:
        buffers = engine.buffers()
        fail(function, ILLEGAL_ADDRESS)
        with pytest.raises(
            EngineError, match=rf'failed on TensorRT: {function} failed: an illegal'
        ):
            engine.infer(buffers)
        fail('', 0)


def test_a_stream_that_cannot_be_made(folder):
    built(folder).close()
    fail('cudaStreamCreateWithFlags', OUT_OF_MEMORY)
    with pytest.raises(CudaError, match='out of memory'):
        Provision(folder, 'fp32').load()


def test_closing_frees_in_order_and_twice(folder):
    engine = built(folder)
    buffers = engine.buffers()
    buffers.inputs['image'][:] = 1
    FAKE.destroyed.clear()
    engine.close()
    engine.close()
    gc.collect()
    order = [kind for kind in FAKE.destroyed if kind in (Kind.CONTEXT, Kind.ENGINE, Kind.RUNTIME)]
    assert order == [Kind.CONTEXT, Kind.ENGINE, Kind.RUNTIME]
    assert (buffers.inputs['image'] == 1).all()  # the arrays outlive the engine
    with pytest.raises(EngineError, match='closed'):
        engine.infer(buffers)
    with pytest.raises(EngineError, match='closed'):
        engine.buffers()


def test_buffers_of_another_engine_are_refused(folder):
    with built(folder) as first, built(folder) as second:
        buffers = first.buffers()
        with pytest.raises(EngineError, match='did not make these buffers'):
            second.infer(buffers)


def test_dropped_buffers_free_their_memory(folder):
    with built(folder) as engine:
        for _ in range(3):
            engine.buffers()
        gc.collect()
        assert alive(DEVICE, PINNED) == 0


@pytest.mark.parametrize('kind', [Kind.BUILDER, Kind.NETWORK, Kind.PARSER, Kind.CONFIG])
def test_what_a_build_cannot_get(folder, kind):
    FAKE.switches.exhausted = frozenset({kind})
    with pytest.raises(EngineError, match=f'no memory for a {kind.name.lower()}'):
        built(folder)


@pytest.mark.parametrize('kind', [Kind.RUNTIME, Kind.CONTEXT])
def test_what_an_engine_cannot_get(folder, kind):
    built(folder).close()
    FAKE.switches.exhausted = frozenset({kind})
    with selection.open_engine(folder, precision='fp32') as engine:
        assert engine.info.backend == 'onnxruntime'
        assert f'no memory for a {kind.name.lower()}' in engine.info.note


def test_a_plan_without_an_inspector_has_no_proof(folder):
    FAKE.switches.exhausted = frozenset({Kind.INSPECTOR})
    with built(folder) as engine:
        assert engine.info.precision == 'fp32'
        assert 'whether it really computes in fp32 is not known' in engine.info.note
