"""Small real models for the tests: made with onnx, run by the real runtimes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import pack_probe, publish
from factory_perception.model_store.store import ModelStore

OPSET = 17


def onnx_bytes(nodes, inputs, outputs, weights: Mapping[str, np.ndarray] | None = None) -> bytes:
    """Make an ONNX file from nodes and (name, type, shape) triples; 'batch' is a free dimension."""
    kinds = {
        'float32': TensorProto.FLOAT,
        'float16': TensorProto.FLOAT16,
        'uint8': TensorProto.UINT8,
        'int64': TensorProto.INT64,
    }

    def info(triple):
        name, dtype, shape = triple
        return helper.make_tensor_value_info(name, kinds[dtype], list(shape))

    graph = helper.make_graph(
        nodes,
        'test',
        [info(triple) for triple in inputs],
        [info(triple) for triple in outputs],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def mean_model() -> bytes:
    """Make a network that gives the mean of each channel of its image: easy to check by hand."""
    nodes = [
        helper.make_node('Relu', ['image'], ['positive']),
        helper.make_node('ReduceMean', ['positive'], ['means'], axes=[2, 3], keepdims=0),
    ]
    return onnx_bytes(
        nodes, [('image', 'float32', ('batch', 3, 8, 8))], [('means', 'float32', ('batch', 3))]
    )


def mean_manifest(name: str = 'means', **changes: Any) -> dict[str, Any]:
    """Describe the network of ``mean_model`` in manifest terms."""
    manifest = {
        'name': name,
        'task': 'classify',
        'classes': ['blue', 'green', 'red'],
        'inputs': [
            {
                'name': 'image',
                'dtype': 'float32',
                'shape': ['batch', 3, 8, 8],
                'image': {
                    'colour_order': 'bgr',
                    'mean': [0, 0, 0],
                    'std': [1, 1, 1],
                    'resize': 'stretch',
                    'pad_value': 114,
                },
            }
        ],
        'outputs': [{'name': 'means', 'dtype': 'float32', 'shape': ['batch', 3]}],
        'provenance': {'command': 'none', 'created': '2026-01-01T00:00:00Z', 'code_version': '0'},
        'metrics': {'fp32': {'data': 'none', 'accuracy': 1.0}},
        'licence': {'model': 'Apache-2.0', 'data': 'none'},
    }
    return {**manifest, **changes}


def publish_mean(store: ModelStore, name: str = 'means', **changes: Any) -> ModelFolder:
    """Publish the next version of the mean network."""
    image = np.random.default_rng(0).uniform(-1, 1, (1, 3, 8, 8)).astype(np.float32)
    means = np.maximum(image, 0).mean((2, 3))
    files = {'fp32.onnx': mean_model(), 'probe.npz': pack_probe({'image': image}, {'means': means})}
    return publish(
        store,
        mean_manifest(name, **changes),
        files,
        {'fp32.onnx': {'precision': 'fp32', 'opset': OPSET}},
    )
