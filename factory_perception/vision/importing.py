"""Take in a detector that was trained elsewhere: an ONNX file becomes a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
import tempfile
from typing import Any

import numpy as np

from factory_perception import __version__
from factory_perception.engines.onnx_engine import OnnxEngine, read_specs
from factory_perception.files import sha256_of
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.manifest import ImageRule, ModelError, TensorSpec
from factory_perception.model_store.publish import pack_probe, publish
from factory_perception.model_store.store import ModelStore
from factory_perception.vision.decoders import make_decoder

#: How the networks of a decoder are usually fed, where the user says nothing else.
RULES = {
    'yolox': ImageRule('bgr', (0.0,) * 3, (1.0,) * 3, 'letterbox_top_left', 114),
    'boxes_scores': ImageRule('rgb', (0.0,) * 3, (255.0,) * 3, 'letterbox', 114),
}
_FACTS = {'fp32.onnx': {'precision': 'fp32'}}


@dataclass(frozen=True)
class ImportSettings:
    """What an ONNX file does not say about itself."""

    name: str
    classes: Sequence[str]
    decoder: str
    rule: ImageRule
    thresholds: Mapping[str, float]
    licence: str
    data_licence: str


def import_detector(path: Path, settings: ImportSettings, store: ModelStore) -> ModelFolder:
    """Publish an ONNX file as the next version of a model.

    It is opened, decoded and run once before anything is published: a file that does not fit is
    refused here and not by a node.

    Raises:
        ModelError: the file has another layout than its decoder reads.
        EngineError: ONNX Runtime cannot read or run it.
        OSError: the file is missing or the store is not writable.
    """
    data = path.read_bytes()
    inputs, outputs = read_specs(data, str(path))
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].dtype != 'float32':
        raise ModelError(
            f'{path} must have one float32 input [batch, channels, height, width], it has '
            f'{"; ".join(map(str, inputs))}'
        )
    manifest = _manifest(path, data, settings, inputs[0], outputs)
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        trial = publish(ModelStore((Path(scratch),)), manifest, {'fp32.onnx': data}, _FACTS)
        make_decoder(trial.manifest)
        probe = _probe(trial)
    return publish(store, manifest, {'fp32.onnx': data, 'probe.npz': probe}, _FACTS)


def _probe(folder: ModelFolder) -> bytes:
    """Run the network once on noise; later engines are compared with what it gives."""
    with OnnxEngine(folder) as engine:
        buffers = engine.buffers()
        rng = np.random.default_rng(0)
        for array in buffers.inputs.values():
            array[:] = rng.uniform(0, 255, array.shape)
        engine.infer(buffers)
        return pack_probe(buffers.inputs, buffers.outputs)


def _manifest(
    path: Path,
    data: bytes,
    settings: ImportSettings,
    image: TensorSpec,
    outputs: Sequence[TensorSpec],
) -> dict[str, Any]:
    rule = settings.rule
    return {
        'name': settings.name,
        'task': 'detect',
        'classes': list(settings.classes),
        'decoder': {'name': settings.decoder},
        'thresholds': dict(settings.thresholds),
        'inputs': [
            {
                **_tensor(image),
                'image': {
                    'colour_order': rule.colour_order,
                    'mean': list(rule.mean),
                    'std': list(rule.std),
                    'resize': rule.resize,
                    'pad_value': rule.pad_value,
                },
            }
        ],
        'outputs': [_tensor(spec) for spec in outputs],
        'provenance': {
            'command': f'imported from {path.name}',
            'created': datetime.now(timezone.utc).isoformat(timespec='seconds'),
            'code_version': __version__,
            'source_sha256': sha256_of(data),
        },
        'metrics': {},
        'licence': {'model': settings.licence, 'data': settings.data_licence},
    }


def _tensor(spec: TensorSpec) -> dict[str, Any]:
    shape = ['batch' if size is None else size for size in spec.shape]
    return {'name': spec.name, 'dtype': spec.dtype, 'shape': shape}
