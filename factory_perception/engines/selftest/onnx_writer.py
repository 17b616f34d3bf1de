"""Write small ONNX files without the onnx library, which no robot needs to have.

An ONNX file is a protobuf message. Field numbers and enum values are those of ``onnx.proto`` in the
ONNX specification (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); the encoding is
https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import struct

import numpy as np
from numpy.typing import NDArray

from factory_perception.model_store.manifest import TensorSpec

IR_VERSION, OPSET = 8, 17
#: ``TensorProto.DataType``.
DATA_TYPES = {
    'float32': 1,
    'uint8': 2,
    'int8': 3,
    'int32': 6,
    'int64': 7,
    'bool': 9,
    'float16': 10,
}
#: ``AttributeProto.AttributeType``.
_FLOAT, _INT, _INTS = 1, 2, 7

Attribute = int | float | Sequence[int]


@dataclass(frozen=True)
class Node:
    """One operation: names of the tensors it takes and gives, and its attributes."""

    operation: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def onnx_file(
    nodes: Sequence[Node],
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    weights: Mapping[str, NDArray],
) -> bytes:
    """Give the content of an ONNX file; ``None`` in a shape is the dimension named ``batch``."""
    graph = b''.join(
        [
            *(_message(1, _node(node, index)) for index, node in enumerate(nodes)),
            _text(2, 'selftest'),
            *(_message(5, _tensor(name, array)) for name, array in weights.items()),
            *(_message(11, _value_info(spec)) for spec in inputs),
            *(_message(12, _value_info(spec)) for spec in outputs),
        ]
    )
    opset = _message(8, _text(1, '') + _number(2, OPSET))
    return _number(1, IR_VERSION) + _text(2, 'factory_perception') + _message(7, graph) + opset


def _node(node: Node, index: int) -> bytes:
    return b''.join(
        [
            *(_text(1, name) for name in node.inputs),
            *(_text(2, name) for name in node.outputs),
            _text(3, f'{node.operation}_{index}'),
            _text(4, node.operation),
            *(_message(5, _attribute(name, value)) for name, value in node.attributes.items()),
        ]
    )


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _key(2, 5) + struct.pack('<f', value) + _number(20, _FLOAT)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    items = b''.join(_number(8, item) for item in value)
    return _text(1, name) + items + _number(20, _INTS)


def _tensor(name: str, array: NDArray) -> bytes:
    dims = b''.join(_number(1, size) for size in array.shape)
    kind = _number(2, DATA_TYPES[array.dtype.name])
    little_endian = np.ascontiguousarray(array).astype(array.dtype.newbyteorder('<'))
    return dims + kind + _text(8, name) + _message(9, little_endian.tobytes())


def _value_info(spec: TensorSpec) -> bytes:
    dims = b''.join(
        _message(1, _text(2, 'batch') if size is None else _number(1, size)) for size in spec.shape
    )
    tensor_type = _number(1, DATA_TYPES[spec.dtype]) + _message(2, dims)
    return _text(1, spec.name) + _message(2, _message(1, tensor_type))


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _number(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _message(number: int, data: bytes) -> bytes:
    return _key(number, 2) + _varint(len(data)) + data


def _text(number: int, text: str) -> bytes:
    return _message(number, text.encode())


def _varint(value: int) -> bytes:
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)
