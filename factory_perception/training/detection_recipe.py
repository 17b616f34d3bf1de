"""From pictures with boxes to a published detector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn

from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.publish import pack_probe
from factory_perception.training.data import PictureData
from factory_perception.training.detection_lesson import DetectionLesson
from factory_perception.training.detection_validation import find_boxes
from factory_perception.training.evaluate_detector import evaluate_detector
from factory_perception.training.exporting import export_onnx, HalfInside
from factory_perception.training.input_size import require_whole_cells
from factory_perception.training.network_input import IMAGE_RULE, write_pictures
from factory_perception.training.networks.detection import (
    cell_grid,
    DeployedDetector,
    DetectionNetwork,
)
from factory_perception.training.networks.fusing import fused
from factory_perception.training.networks.trunk import SIZES, strides_to
from factory_perception.training.seeing_recipe import SeeingRecipe
from factory_perception.training.settings import TrainingSettings
from factory_perception.vision.matching import best_threshold, match

SUPPRESSION = {'iou': 0.5, 'max_detections': 100}
_NAMES = ('image', 'template')


class DetectionRecipe(SeeingRecipe):
    """Boxes with classes."""

    task = 'detect'
    metric = 'map50'
    lesson_type = DetectionLesson

    def __init__(self) -> None:
        self._score = 0.5  # until it is calibrated

    def network(self, settings: TrainingSettings, data: PictureData) -> nn.Module:
        """Make a detector for the classes of the data."""
        model, channels = settings.model, 6 if settings.model.template else 3
        strides = strides_to(model.coarsest_stride)
        require_whole_cells(model.input_wh, strides[-1])
        return DetectionNetwork(len(data.classes), SIZES[model.size], channels, strides)

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: PictureData
    ) -> None:
        """Find the threshold with the highest F1 on validation pictures."""
        assert isinstance(network, DetectionNetwork)
        truths, found = find_boxes(network, validation, settings.model, settings.export.views)
        self._score = best_threshold(match(truths, found, network.classes))

    def export(self, network: nn.Module, settings: TrainingSettings, half: bool) -> bytes:
        """Export with decoding in the graph, which stays in full precision."""
        width, height = settings.model.input_wh
        inner: nn.Module = fused(network)
        deployed = _deployed(HalfInside(inner) if half else inner, settings)
        shape = (3, height, width)
        names = _NAMES[: 2 if settings.model.template else 1]
        return export_onnx(deployed, dict.fromkeys(names, shape), ['boxes', 'scores'])

    def manifest(
        self, network: nn.Module, settings: TrainingSettings, data: PictureData
    ) -> dict[str, Any]:
        """Describe the detector."""
        width, height = settings.model.input_wh
        strides = strides_to(settings.model.coarsest_stride)
        cells, classes = len(cell_grid(height, width, strides)[0]), len(data.classes)
        names = _NAMES[: 2 if settings.model.template else 1]
        return {
            'classes': list(data.classes),
            'decoder': {'name': 'boxes_scores'},
            'thresholds': {'score': round(self._score, 3), **SUPPRESSION},
            'inputs': [image_input(name, (width, height)) for name in names],
            'outputs': [
                {'name': 'boxes', 'dtype': 'float32', 'shape': ['batch', cells, 4]},
                {'name': 'scores', 'dtype': 'float32', 'shape': ['batch', cells, classes]},
            ],
        }

    def probe(self, network: nn.Module, settings: TrainingSettings, data: PictureData) -> bytes:
        """Let torch answer to a picture of the data, in few grey levels: it packs to a fifth."""
        assert isinstance(network, DetectionNetwork)
        inputs = {n: np.round(a * 4) / 4 for n, a in self.inputs(settings, data, 0).items()}
        deployed = _deployed(network, settings).eval()
        with torch.inference_mode():
            boxes, scores = deployed(*map(torch.from_numpy, inputs.values()))
        return pack_probe(inputs, {'boxes': boxes.numpy(), 'scores': scores.numpy()})

    def inputs(
        self, settings: TrainingSettings, data: PictureData, index: int
    ) -> dict[str, NDArray]:
        """Write a picture and, where the network wants one, its template."""
        picture = write_pictures(data.read(index), settings.model)[None]  # (1, 3 or 6, H, W)
        parts = np.split(picture, picture.shape[1] // 3, 1)
        return {name: np.ascontiguousarray(part) for name, part in zip(_NAMES, parts)}

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise convolutions; decoding stays as it is."""
        return ('Conv',)

    def evaluate(
        self, folder: ModelFolder, data: PictureData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure average precision."""
        return evaluate_detector(folder, data, backend=backend, precision=precision)


def _deployed(network: nn.Module, settings: TrainingSettings) -> DeployedDetector:
    width, height = settings.model.input_wh
    strides = strides_to(settings.model.coarsest_stride)
    return DeployedDetector(network, height, width, settings.export.views, strides)


def image_input(name: str, size_wh: tuple[int, int]) -> dict[str, Any]:
    """Describe an input that takes a picture by the rule that our networks are trained with."""
    return {
        'name': name,
        'dtype': 'float32',
        'shape': ['batch', 3, size_wh[1], size_wh[0]],
        'image': {
            'colour_order': IMAGE_RULE.colour_order,
            'mean': list(IMAGE_RULE.mean),
            'std': list(IMAGE_RULE.std),
            'resize': IMAGE_RULE.resize,
            'pad_value': IMAGE_RULE.pad_value,
        },
    }
