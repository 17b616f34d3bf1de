"""A small forecasting model: constant velocity out of an ONNX file, with a state that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import helper

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import pack_probe, publish
from factory_perception.model_store.store import ModelStore
from test.support import mean_manifest, onnx_bytes, OPSET

HORIZONS_S = (0.05, 0.1, 0.25, 0.5)
HALF_WIDTH = 0.01


def forecaster_settings(joints: Sequence[str], **changes: Any) -> dict[str, Any]:
    """Describe the model in the terms of a manifest; the last horizon is left to ``hold``."""
    count = len(joints)
    return {
        'joints': list(joints),
        'step_ns': 25_000_000,
        'horizons_s': list(HORIZONS_S),
        'lags': 3,
        'ridge': np.zeros((4, count, 3)).tolist(),
        'effort_mean': [0.0] * count,
        'plan': False,
        'use': ['network', 'network', 'network', 'hold'],
        'band': [[[-0.02] * count, [0.02] * count]] * 4,
        **changes,
    }


def publish_forecaster(store: ModelStore, joints: Sequence[str], **changes: Any) -> ModelFolder:
    """Publish a model called steady."""
    count = len(joints)
    channels = 9 if changes.get('plan') else 4
    shapes = {
        'rows': ('batch', channels, count),
        'state': ('batch', count, 2),
        'quantiles': ('batch', 4, 3, count),
        'next_state': ('batch', count, 2),
    }
    weights = {
        'first': np.array([0], np.int64),
        'second': np.array([1], np.int64),
        'third': np.array([2], np.int64),
        'channel': np.array([1], np.int64),
        'times': np.array(HORIZONS_S, np.float32)[:, None],
        'edges': np.array([-HALF_WIDTH, 0, HALF_WIDTH], np.float32)[:, None],
        'one': np.ones(1, np.float32),
    }
    nodes = [
        helper.make_node('Slice', ['rows', 'first', 'second', 'channel'], ['position']),
        helper.make_node('Slice', ['rows', 'second', 'third', 'channel'], ['velocity']),
        helper.make_node('Mul', ['velocity', 'times'], ['way']),
        helper.make_node('Add', ['position', 'way'], ['middle']),
        helper.make_node('Unsqueeze', ['middle', 'third'], ['deep']),
        helper.make_node('Add', ['deep', 'edges'], ['quantiles']),
        helper.make_node('Add', ['state', 'one'], ['next_state']),
    ]
    names = list(shapes)
    data = onnx_bytes(
        nodes,
        [(name, 'float32', shapes[name]) for name in names[:2]],
        [(name, 'float32', shapes[name]) for name in names[2:]],
        weights,
    )
    rows = np.ones((1, channels, count), np.float32)
    state = np.zeros((1, count, 2), np.float32)
    middle = 1 + np.array(HORIZONS_S, np.float32)[None, :, None, None]
    found = middle + weights['edges'] + np.zeros((1, 4, 3, count), np.float32)
    probe = pack_probe(
        {'rows': rows, 'state': state}, {'quantiles': found, 'next_state': state + 1}
    )
    tensors = [{'name': name, 'dtype': 'float32', 'shape': list(shapes[name])} for name in names]
    manifest = mean_manifest(
        'steady',
        task='forecast',
        inputs=tensors[:2],
        outputs=tensors[2:],
        settings=forecaster_settings(joints, **changes),
    )
    del manifest['classes']
    facts = {'fp32.onnx': {'precision': 'fp32', 'opset': OPSET}}
    return publish(store, manifest, {'fp32.onnx': data, 'probe.npz': probe}, facts)
