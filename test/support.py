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


def publish_mean(
    store: ModelStore, name: str = 'means', first_serves: bool = True, **changes: Any
) -> ModelFolder:
    """Publish the next version of the mean network."""
    image = np.random.default_rng(0).uniform(-1, 1, (1, 3, 8, 8)).astype(np.float32)
    means = np.maximum(image, 0).mean((2, 3))
    files = {'fp32.onnx': mean_model(), 'probe.npz': pack_probe({'image': image}, {'means': means})}
    return publish(
        store,
        mean_manifest(name, **changes),
        files,
        {'fp32.onnx': {'precision': 'fp32', 'opset': OPSET}},
        first_serves=first_serves,
    )


def blob_model(side: int = 64, cell: int = 8, template: bool = False) -> bytes:
    """Make a detector of bright cells: a grid of fixed boxes, scored by their mean brightness.

    With a template it finds cells that are brighter than there.
    """
    count = (side // cell) ** 2
    corners = np.stack(np.meshgrid(*[np.arange(0, side, cell)] * 2), axis=-1).reshape(1, -1, 2)
    boxes = np.concatenate([corners, corners + cell], axis=2).astype(np.float32)
    names = ['image', 'template'] if template else ['image']
    nodes = [
        *([helper.make_node('Sub', names, ['news'])] if template else []),
        helper.make_node(
            'ReduceMean', ['news' if template else 'image'], ['grey'], axes=[1], keepdims=1
        ),
        helper.make_node(
            'AveragePool', ['grey'], ['pooled'], kernel_shape=[cell, cell], strides=[cell, cell]
        ),
        helper.make_node('Reshape', ['pooled', 'rows'], ['scores']),
        helper.make_node('Mul', ['scores', 'zero'], ['zeros']),
        helper.make_node('Add', ['zeros', 'grid'], ['boxes']),
    ]
    weights = {
        'rows': np.array([-1, count, 1], np.int64),
        'zero': np.zeros(1, np.float32),
        'grid': boxes,
    }
    return onnx_bytes(
        nodes,
        [(name, 'float32', ('batch', 3, side, side)) for name in names],
        [('boxes', 'float32', ('batch', count, 4)), ('scores', 'float32', ('batch', count, 1))],
        weights,
    )


def publish_blobs(
    store: ModelStore, name: str = 'blobs', template: bool = False, **changes: Any
) -> ModelFolder:
    """Publish the detector of bright cells; its input is 64 x 64, its only class "bright"."""
    image = {'colour_order': 'bgr', 'mean': [0] * 3, 'std': [255] * 3, 'resize': 'letterbox',
             'pad_value': 0}  # fmt: skip
    manifest = mean_manifest(
        name,
        task='detect',
        classes=['bright'],
        decoder={'name': 'boxes_scores'},
        thresholds={'score': 0.6, 'iou': 0.5, 'max_detections': 64},
        inputs=[
            {'name': part, 'dtype': 'float32', 'shape': ['batch', 3, 64, 64], 'image': image}
            for part in (['image', 'template'] if template else ['image'])
        ],
        outputs=[
            {'name': 'boxes', 'dtype': 'float32', 'shape': ['batch', 64, 4]},
            {'name': 'scores', 'dtype': 'float32', 'shape': ['batch', 64, 1]},
        ],
    )
    facts = {'fp32.onnx': {'precision': 'fp32', 'opset': OPSET}}
    return publish(
        store, {**manifest, **changes}, {'fp32.onnx': blob_model(template=template)}, facts
    )
