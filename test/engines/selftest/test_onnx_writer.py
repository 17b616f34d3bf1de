"""The ONNX writer against the onnx library."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
import pytest

from factory_perception.engines.selftest.detector import make_detector
from factory_perception.engines.selftest.onnx_writer import IR_VERSION, Node, onnx_file, OPSET
from factory_perception.engines.selftest.recurrent import make_recurrent
from factory_perception.model_store.manifest import TensorSpec


def test_writes_what_the_onnx_library_writes():
    nodes = [
        Node('Conv', ['x', 'w'], ['y'], {'pads': (1, 1, 1, 1), 'group': 1}),
        Node('LeakyRelu', ['y'], ['z'], {'alpha': 0.25}),
        Node('Concat', ['z', 'z'], ['out'], {'axis': -1}),
    ]
    weights = {
        'w': np.arange(27, dtype=np.float32).reshape(1, 3, 3, 3),
        'half': np.array([0.5], np.float16),
        'whole': np.array([-1, 300], np.int64),
        'scalar': np.array(-3, np.int8),
    }
    written = onnx_file(
        nodes,
        [TensorSpec('x', 'float32', (None, 3, 200, 8))],
        [TensorSpec('out', 'float32', (None, 1, 200, 16))],
        weights,
    )
    graph = helper.make_graph(
        [
            helper.make_node('Conv', ['x', 'w'], ['y'], 'Conv_0', pads=[1, 1, 1, 1], group=1),
            helper.make_node('LeakyRelu', ['y'], ['z'], 'LeakyRelu_1', alpha=0.25),
            helper.make_node('Concat', ['z', 'z'], ['out'], 'Concat_2', axis=-1),
        ],
        'selftest',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['batch', 3, 200, 8])],
        [helper.make_tensor_value_info('out', TensorProto.FLOAT, ['batch', 1, 200, 16])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    expected = helper.make_model(
        graph,
        producer_name='factory_perception',
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid('', OPSET)],
    )
    found = onnx.load_from_string(written)
    for model in (found, expected):  # the order of attributes does not matter
        for node in model.graph.node:
            node.attribute.sort(key=lambda attribute: attribute.name)
    assert found == expected


@pytest.mark.parametrize('make', [make_detector, make_recurrent])
def test_networks_are_valid_onnx(make):
    network = make()
    for content in network.files.values():
        model = onnx.load_from_string(content)
        onnx.checker.check_model(model, full_check=True)
        graph = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
        assert {tensor.name for tensor in graph.output} == {spec.name for spec in network.outputs}


def test_networks_are_the_same_every_time():
    assert make_detector().files == make_detector().files
    assert make_recurrent().files == make_recurrent().files
