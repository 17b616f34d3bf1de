"""From data to a published detector: train, export, compare, measure, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
import tempfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception import __version__
from factory_perception.engines.onnx_engine import OnnxEngine
from factory_perception.engines.parity import require_parity
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import publish
from factory_perception.model_store.store import ModelStore
from factory_perception.training.data import PictureData
from factory_perception.training.evaluate_detector import evaluate_detector
from factory_perception.training.export_detector import (
    describe_detector,
    export_onnx,
    make_probe,
    OPSET,
    PROBE_BATCH,
)
from factory_perception.training.networks.detection import cell_grid
from factory_perception.training.train_detector import (
    DetectorTraining,
    IMAGE_RULE,
    Step,
    train_detector,
)
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter

DEFAULT_THRESHOLDS = {'score': 0.4, 'iou': 0.5, 'max_detections': 100}


def produce_detector(
    name: str,
    data: PictureData,
    validation: PictureData,
    how: DetectorTraining,
    store: ModelStore,
    facts: dict[str, Any],
    watch: Callable[[Step], None],
) -> ModelFolder:
    """Train a detector and publish it as the next version of a model.

    Args:
        name: of the model.
        data: pictures to learn from.
        validation: pictures to measure on; not learned from.
        how: settings of the training.
        store: where the model goes.
        facts: ``command`` (for the provenance), ``licence`` and ``settings`` of the manifest.
        watch: called after every training step.

    Raises:
        EngineError: the exported file does not answer as the trained network does.
    """
    network = train_detector(data, how, watch)
    files = {
        'fp32.onnx': export_onnx(network, how.input_wh),
        'probe.npz': make_probe(network, how.input_wh, _probe_images(validation, how.input_wh)),
    }
    cells = len(cell_grid(how.input_wh[1], how.input_wh[0])[0])
    provenance = {
        'command': facts['command'],
        'created': datetime.now(timezone.utc).isoformat(timespec='seconds'),
        'code_version': __version__,
        'data': data.origin,
        'data_sha256': data.sha256,
        'seed': how.seed,
        'training': asdict(how),
        'parameters': sum(p.numel() for p in network.parameters()),
    }
    manifest = describe_detector(
        name,
        data.classes,
        how.input_wh,
        cells,
        IMAGE_RULE,
        {
            'thresholds': DEFAULT_THRESHOLDS,
            'provenance': provenance,
            'metrics': {},
            'licence': facts['licence'],
            'settings': facts['settings'],
        },
    )
    manifest['metrics'] = {'fp32': _measure(manifest, files, validation)}
    return publish(store, manifest, files, _file_facts())


def _file_facts() -> dict[str, dict[str, Any]]:
    return {'fp32.onnx': {'precision': 'fp32', 'opset': OPSET}}


def _probe_images(data: PictureData, input_wh: tuple[int, int]) -> NDArray[np.float32]:
    writer = InputWriter(IMAGE_RULE, input_wh)
    images = np.empty((PROBE_BATCH, 3, input_wh[1], input_wh[0]), np.float32)
    for index in range(PROBE_BATCH):
        writer.write(ColourImage(data.read(index % len(data)).image_bgr, 'bgr'), images[index])
    return images


def _measure(
    manifest: dict[str, Any], files: dict[str, bytes], validation: PictureData
) -> dict[str, Any]:
    """Measure a model before it is published, on a store of its own that nobody else sees."""
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as scratch:
        folder = publish(ModelStore((Path(scratch),)), manifest, files, _file_facts())
        with OnnxEngine(folder) as engine:
            require_parity(engine, folder, 'fp32')
        return evaluate_detector(folder, validation, backend='onnxruntime', precision='fp32')
