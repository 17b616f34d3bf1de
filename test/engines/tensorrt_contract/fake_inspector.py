"""What the engine inspector says about a plan, in the layouts of TensorRT 10 and 11.

The 11 layout: https://docs.nvidia.com/deeplearning/tensorrt/11.3.0/api/migration/
tensorrt-10x-to-11x-IEngineInspector.html
"""

from __future__ import annotations

import json
from typing import Any

import onnx
from onnx import TensorProto

_NAMES = {
    TensorProto.FLOAT: 'Float',
    TensorProto.FLOAT16: 'Half',
    TensorProto.INT8: 'Int8',
    TensorProto.INT64: 'Int64',
}
_FORMATS = {'Float': 'FP32', 'Half': 'FP16', 'Int8': 'Int8', 'Int64': 'Int64'}
_REFORMATS = {'Cast', 'QuantizeLinear', 'DequantizeLinear'}


def engine_information(content: bytes, major: int, detailed: bool) -> str:
    """Describe an ONNX file as if a plan had been built from it layer by layer."""
    graph = onnx.shape_inference.infer_shapes(onnx.load_from_string(content)).graph
    tensors = [*graph.input, *graph.value_info, *graph.output]
    types = {tensor.name: tensor.type.tensor_type.elem_type for tensor in tensors}
    types.update({weight.name: weight.data_type for weight in graph.initializer})
    # What a layer takes from a dequantiser it takes quantised: the two are fused.
    for node in graph.node:
        if node.op_type == 'DequantizeLinear':
            types[node.output[0]] = types[node.input[0]]
    layers = [_layer(node, types, major) if detailed else node.name for node in graph.node]
    edges = [tensor.name for tensor in [*graph.input, *graph.output]]
    if major < 11:
        return json.dumps({'Layers': layers, 'Bindings': edges})
    described = [{'Name': name, 'DataType': _NAMES[types[name]]} for name in edges]
    return json.dumps({'Layers': layers, 'I/O Tensors': described})


def _layer(node: Any, types: dict[str, int], major: int) -> dict[str, Any]:
    return {
        'Name': node.name,
        'LayerType': 'Reformat' if node.op_type in _REFORMATS else node.op_type,
        'Inputs': [_tensor(name, types[name], major) for name in node.input[:1]],
        'Outputs': [_tensor(name, types[name], major) for name in node.output],
    }


def _tensor(name: str, kind: int, major: int) -> dict[str, Any]:
    word = _NAMES.get(kind, 'Other')
    if major < 11:
        return {'Name': name, 'Format/Datatype': word}
    layout = f'Row major linear {_FORMATS.get(word, word)} format (kLINEAR)'
    return {'Name': name, 'DataType': word, 'Format': layout}
