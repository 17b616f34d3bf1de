"""Frames: recorded graphs, fixed buffers, batches, recurrent state."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from factory_perception.engines import selection
from factory_perception.engines.selftest.network import publish_network
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.engines.tensorrt.cuda import open_cuda
from test.engines.tensorrt_contract.stage import (
    ACTIVE_CONTEXT,
    built,
    calls,
    CAPTURE_UNSUPPORTED,
    CUDART,
    fail,
    FAKE,
)


def test_a_frame_is_one_launch_and_no_new_address(folder):
    probe = folder.read_probe()
    with built(folder) as engine:
        buffers = engine.buffers()
        arrays = {**buffers.inputs, **buffers.outputs}
        addresses = {name: array.ctypes.data for name, array in arrays.items()}
        for array in arrays.values():
            assert CUDART.fake_is_pinned(ctypes.c_void_p(array.ctypes.data), array.nbytes)
            assert not array.any()
        copies, launches = calls('cudaMemcpyAsync'), calls('cudaGraphLaunch')
        for sample in range(3):
            buffers.inputs['image'][:] = probe.inputs['image'][sample]
            engine.infer(buffers)
            assert np.allclose(buffers.outputs['boxes'], probe.outputs['boxes'][sample], atol=1e-3)
        assert calls('cudaMemcpyAsync') == copies
        assert calls('cudaGraphLaunch') == launches + 3
        assert addresses == {name: array.ctypes.data for name, array in arrays.items()}
        assert engine.warm_up() > 0


@pytest.mark.parametrize(
    'function',
    [
        'a layer',
        'cudaStreamBeginCapture',
        'cudaStreamEndCapture',
        'cudaGraphInstantiateWithFlags',
    ],
)
def test_what_cannot_be_recorded_is_queued(folder, function):
    with built(folder) as engine:
        FAKE.switches.capturable = function != 'a layer'
        fail(function, CAPTURE_UNSUPPORTED)
        buffers = engine.buffers()
        fail('', 0)
        reason = 'waits for the stream' if function == 'a layer' else f'{function} failed'
        assert 'no CUDA graph, every layer is started by itself: ' in engine.info.note
        assert reason in engine.info.note
        probe = folder.read_probe()
        buffers.inputs['image'][:] = probe.inputs['image'][:1]
        engine.infer(buffers)
        assert np.allclose(buffers.outputs['boxes'], probe.outputs['boxes'][:1], atol=1e-3)


def test_buffers_of_several_batches_live_side_by_side(folder):
    probe = folder.read_probe()
    with built(folder, max_batch=2) as engine:
        one, two = engine.buffers(1), engine.buffers(2)
        one.inputs['image'][:] = probe.inputs['image'][:1]
        two.inputs['image'][:] = probe.inputs['image'][1:]
        for buffers in (one, two, one):
            buffers.outputs['scores'][:] = 0
            engine.infer(buffers)
        assert np.allclose(one.outputs['scores'], probe.outputs['scores'][:1], atol=1e-5)
        assert np.allclose(two.outputs['scores'], probe.outputs['scores'][1:], atol=1e-5)


def test_state_goes_round_by_hand(store):
    folder = publish_network(store, make_recurrent())
    cpu = selection.open_engine(folder, 'onnxruntime')
    with built(folder) as engine:
        pairs = [(cpu, cpu.buffers()), (engine, engine.buffers())]
        for step in range(20):
            for runner, buffers in pairs:
                buffers.inputs['sample'][:] = np.sin(step + np.arange(14))
                runner.infer(buffers)
                buffers.inputs['hidden'][:] = buffers.outputs['next_hidden']
        (_, first), (_, second) = pairs
        assert np.allclose(first.outputs['forecast'], second.outputs['forecast'], atol=1e-5)


def test_the_processor_sleeps_while_the_gpu_works(folder):
    assert CUDART.fake_blocking_sync()
    open_cuda.cache_clear()
    fail('cudaSetDeviceFlags', ACTIVE_CONTEXT)
    try:
        with built(folder) as engine:
            assert 'a processor core spins' in engine.info.note
    finally:
        fail('', 0)
        open_cuda.cache_clear()
