"""One step of a recurrent network, with its state as input and output: the motion predictor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.selftest.network import SelftestNetwork
from factory_perception.engines.selftest.onnx_writer import DATA_TYPES, Node, onnx_file
from factory_perception.model_store.folder import Probe
from factory_perception.model_store.manifest import TensorSpec

_JOINTS, _HIDDEN, _SAMPLES = 14, 32, 3
INPUTS = (
    TensorSpec('sample', 'float32', (None, _JOINTS)),
    TensorSpec('hidden', 'float32', (None, _HIDDEN)),
)
OUTPUTS = (
    TensorSpec('forecast', 'float32', (None, _JOINTS)),
    TensorSpec('next_hidden', 'float32', (None, _HIDDEN)),
)


def make_recurrent() -> SelftestNetwork:
    """Make the network: always the same weights and samples."""
    random = np.random.default_rng(8)
    weights = {
        'from_sample': random.normal(0, _JOINTS**-0.5, (_JOINTS, 3 * _HIDDEN)),
        'from_hidden': random.normal(0, _HIDDEN**-0.5, (_HIDDEN, 3 * _HIDDEN)),
        'sample_bias': random.normal(0, 0.1, 3 * _HIDDEN),
        'hidden_bias': random.normal(0, 0.1, 3 * _HIDDEN),
        'to_forecast': random.normal(0, _HIDDEN**-0.5, (_HIDDEN, _JOINTS)),
        'forecast_bias': random.normal(0, 0.1, _JOINTS),
    }
    sample = random.normal(0, 1, (_SAMPLES, _JOINTS)).astype(np.float32)
    hidden = np.tanh(random.normal(0, 1, (_SAMPLES, _HIDDEN))).astype(np.float32)
    probe = Probe({'sample': sample, 'hidden': hidden}, _step(sample, hidden, weights))
    files = {precision: _file(precision, weights) for precision in ('fp32', 'fp16')}
    return SelftestNetwork('selftest_recurrent', 'forecast', INPUTS, OUTPUTS, files, probe)


def _step(sample: NDArray, hidden: NDArray, weights: dict[str, NDArray]) -> dict[str, NDArray]:
    """Compute a gated recurrent unit (https://arxiv.org/abs/1412.3555) and a linear layer on it."""
    seen = sample @ weights['from_sample'] + weights['sample_bias']
    kept = hidden @ weights['from_hidden'] + weights['hidden_bias']
    (reset_a, update_a, new_a), (reset_b, update_b, new_b) = (
        np.split(gates, 3, axis=1) for gates in (seen, kept)
    )
    reset, update = _sigmoid(reset_a + reset_b), _sigmoid(update_a + update_b)
    new = np.tanh(new_a + reset * new_b)
    state = new + update * (hidden - new)
    forecast = state @ weights['to_forecast'] + weights['forecast_bias']
    return {'forecast': forecast.astype(np.float32), 'next_hidden': state.astype(np.float32)}


def _sigmoid(value: NDArray) -> NDArray:
    return 1 / (1 + np.exp(-value))


def _file(precision: str, weights: dict[str, NDArray]) -> bytes:
    """Write the step as plain operations, in half precision between casts where asked for."""
    dtype = 'float16' if precision == 'fp16' else 'float32'
    inner = {'to': DATA_TYPES[dtype]}
    outer = {'to': DATA_TYPES['float32']}
    nodes = [
        Node('Cast', ['sample'], ['x'], inner),
        Node('Cast', ['hidden'], ['h'], inner),
        Node('Gemm', ['x', 'from_sample', 'sample_bias'], ['seen']),
        Node('Gemm', ['h', 'from_hidden', 'hidden_bias'], ['kept']),
        Node('Split', ['seen', 'thirds'], ['reset_a', 'update_a', 'new_a'], {'axis': 1}),
        Node('Split', ['kept', 'thirds'], ['reset_b', 'update_b', 'new_b'], {'axis': 1}),
        Node('Add', ['reset_a', 'reset_b'], ['reset_sum']),
        Node('Sigmoid', ['reset_sum'], ['reset']),
        Node('Add', ['update_a', 'update_b'], ['update_sum']),
        Node('Sigmoid', ['update_sum'], ['update']),
        Node('Mul', ['reset', 'new_b'], ['remembered']),
        Node('Add', ['new_a', 'remembered'], ['new_sum']),
        Node('Tanh', ['new_sum'], ['new']),
        Node('Sub', ['h', 'new'], ['difference']),
        Node('Mul', ['update', 'difference'], ['held']),
        Node('Add', ['new', 'held'], ['state']),
        Node('Gemm', ['state', 'to_forecast', 'forecast_bias'], ['y']),
        Node('Cast', ['y'], ['forecast'], outer),
        Node('Cast', ['state'], ['next_hidden'], outer),
    ]
    tensors = {name: array.astype(dtype) for name, array in weights.items()}
    thirds = np.full(3, _HIDDEN, np.int64)
    return onnx_file(nodes, INPUTS, OUTPUTS, {**tensors, 'thirds': thirds})
