"""Turn a trained detector into a model folder: ONNX, manifest, probe vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnx
import torch

from factory_perception.model_store.manifest import ImageRule
from factory_perception.model_store.publish import pack_probe
from factory_perception.training.networks.detection import DeployedDetector, DetectionNetwork

OPSET = 18
#: A probe is a batch of this many pictures: enough to tell a wrong batch from a wrong picture.
PROBE_BATCH = 2


def export_onnx(network: DetectionNetwork, input_wh: tuple[int, int]) -> bytes:
    """Export a detector with its decoding; the batch is free, everything else is fixed.

    Raises:
        RuntimeError: the exporter froze the batch or renamed a tensor.
    """
    width, height = input_wh
    deployed = DeployedDetector(network, height, width).eval()
    program = torch.onnx.export(
        deployed,
        (torch.zeros(PROBE_BATCH, 3, height, width),),
        input_names=['image'],
        output_names=['boxes', 'scores'],
        dynamic_shapes=({0: torch.export.Dim('batch', min=1, max=64)},),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    onnx.checker.check_model(model)
    for tensor in (*model.graph.input, *model.graph.output):
        if not tensor.type.tensor_type.shape.dim[0].dim_param:
            raise RuntimeError(f'the exporter froze the batch of {tensor.name}')
    data: bytes = model.SerializeToString()
    return data


def describe_detector(
    name: str,
    classes: Sequence[str],
    input_wh: tuple[int, int],
    cells: int,
    rule: ImageRule,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """Write the manifest of a detector, but for what publishing adds.

    Args:
        name: of the model.
        classes: class names.
        input_wh: size of the input.
        cells: number of boxes that the network gives.
        rule: how pictures become inputs.
        facts: ``thresholds``, ``provenance``, ``metrics``, ``licence`` and ``settings``.
    """
    width, height = input_wh
    image = {
        'colour_order': rule.colour_order,
        'mean': list(rule.mean),
        'std': list(rule.std),
        'resize': rule.resize,
        'pad_value': rule.pad_value,
    }
    return {
        'name': name,
        'task': 'detect',
        'classes': list(classes),
        'decoder': {'name': 'boxes_scores'},
        'inputs': [
            {
                'name': 'image',
                'dtype': 'float32',
                'shape': ['batch', 3, height, width],
                'image': image,
            }
        ],
        'outputs': [
            {'name': 'boxes', 'dtype': 'float32', 'shape': ['batch', cells, 4]},
            {'name': 'scores', 'dtype': 'float32', 'shape': ['batch', cells, len(classes)]},
        ],
        **facts,
    }


def make_probe(
    network: DetectionNetwork, input_wh: tuple[int, int], images: NDArray[np.float32]
) -> bytes:
    """Give probe vectors: inputs, and what torch itself answers to them.

    Args:
        network: the trained network.
        input_wh: size of the input.
        images: ``(PROBE_BATCH, 3, H, W)`` as the nodes would write them.
    """
    width, height = input_wh
    with torch.inference_mode():
        boxes, scores = DeployedDetector(network, height, width).eval()(torch.from_numpy(images))
    return pack_probe({'image': images}, {'boxes': boxes.numpy(), 'scores': scores.numpy()})
