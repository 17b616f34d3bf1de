"""One time step of a fault network as it is published: export, tensors, probe."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from factory_perception.faults.classifier import INPUT, NEXT_STATE, OUTPUT, STATE
from factory_perception.model_store.publish import pack_probe
from factory_perception.training.exporting import export_onnx
from factory_perception.training.networks.faults import FaultNetwork, FaultStep


def export_step(network: FaultNetwork) -> bytes:
    """Export one time step to ONNX."""
    shapes: dict[str, tuple[int, ...]] = {INPUT: (network.inputs,), STATE: (network.hidden,)}
    return export_onnx(FaultStep(network), shapes, [OUTPUT, NEXT_STATE])


def step_tensors(network: FaultNetwork) -> dict[str, Any]:
    """Give ``inputs`` and ``outputs`` of the manifest."""

    def tensor(name: str, size: int) -> dict[str, Any]:
        return {'name': name, 'dtype': 'float32', 'shape': ['batch', size]}

    return {
        'inputs': [tensor(INPUT, network.inputs), tensor(STATE, network.hidden)],
        'outputs': [tensor(OUTPUT, network.classes), tensor(NEXT_STATE, network.hidden)],
    }


def step_probe(network: FaultNetwork, inputs: dict[str, NDArray[np.float32]]) -> bytes:
    """Let torch answer to some rows, with a state that is not zero."""
    step = FaultStep(network).eval()
    with torch.inference_mode():
        rows, state = (torch.from_numpy(inputs[name]) for name in (INPUT, STATE))
        _, state = step(rows, state)
        found, after = step(rows, state)
    before = {**inputs, STATE: state.numpy()}
    return pack_probe(before, {OUTPUT: found.numpy(), NEXT_STATE: after.numpy()})
