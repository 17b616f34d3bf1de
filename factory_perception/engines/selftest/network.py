"""What a selftest network is: files of several precisions, and what they must compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from factory_perception import __version__
from factory_perception.engines.selftest.onnx_writer import OPSET
from factory_perception.model_store.folder import ModelFolder, Probe
from factory_perception.model_store.manifest import TensorSpec
from factory_perception.model_store.publish import pack_probe, publish
from factory_perception.model_store.store import ModelStore


@dataclass(frozen=True)
class SelftestNetwork:
    """A small network with ONNX files by precision, and outputs computed with NumPy alone."""

    name: str
    task: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    files: Mapping[str, bytes]
    probe: Probe


def publish_network(store: ModelStore, network: SelftestNetwork) -> ModelFolder:
    """Make a model folder of a network, like any other model."""
    manifest = {
        'name': network.name,
        'task': network.task,
        'inputs': [_described(spec) for spec in network.inputs],
        'outputs': [_described(spec) for spec in network.outputs],
        'provenance': {'command': 'selftest', 'created': '', 'code_version': __version__},
        'metrics': {precision: {'data': 'none'} for precision in network.files},
        'licence': {'model': 'Apache-2.0', 'data': 'none'},
    }
    if network.task == 'detect':
        manifest['classes'] = ['a', 'b', 'c']
    files = {f'{precision}.onnx': data for precision, data in network.files.items()}
    facts = {
        f'{precision}.onnx': {'precision': precision, 'opset': OPSET} for precision in network.files
    }
    files['probe.npz'] = pack_probe(network.probe.inputs, network.probe.outputs)
    return publish(store, manifest, files, facts)


def _described(spec: TensorSpec) -> dict[str, object]:
    shape = ['batch' if size is None else size for size in spec.shape]
    return {'name': spec.name, 'dtype': spec.dtype, 'shape': shape}
