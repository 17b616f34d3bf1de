"""The detection task: pictures to batches, predictions to losses, average precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn, Tensor

from factory_perception.training.assignment import assign
from factory_perception.training.augmentation import augment
from factory_perception.training.board_classes import require_board_classes
from factory_perception.training.board_defects import paint_board_defects
from factory_perception.training.board_negatives import negative_of_board
from factory_perception.training.board_styles import restyle_board
from factory_perception.training.data import Example, PictureData
from factory_perception.training.detection_validation import find_boxes
from factory_perception.training.distributed import Team
from factory_perception.training.loading import Loader
from factory_perception.training.losses import detection_loss
from factory_perception.training.mixing import faultless, mosaic, paste
from factory_perception.training.network_input import write_pictures
from factory_perception.training.networks.detection import (
    cell_grid,
    decode_boxes,
    DetectionNetwork,
)
from factory_perception.training.settings import AugmentSettings, TrainingSettings
from factory_perception.vision.average_precision import average_precision


@dataclass(frozen=True)
class DetectionBatch:
    """Pictures with their boxes, padded to the fullest picture."""

    #: ``(B, C, H, W)`` float32, normalised; C is 3, or 6 with a template.
    images: Tensor
    #: ``(B, G, 4)`` edges in pixels of the input.
    boxes: Tensor
    #: ``(B, G)`` class ids.
    classes: Tensor
    #: ``(B, G)`` which rows are no padding.
    exists: Tensor


class DetectionLesson:
    """Teaches a ``DetectionNetwork`` the boxes of some pictures."""

    def __init__(
        self,
        network: DetectionNetwork,
        data: PictureData,
        validation: PictureData,
        how: TrainingSettings,
        team: Team,
    ) -> None:
        self.network: nn.Module = network
        self._data, self._validation, self._how = data, validation, how
        self._input_wh = how.model.input_wh
        width, height = self._input_wh
        self._centres, self._strides = cell_grid(height, width, network.strides)  # (A, 2), (A, 1)
        self._augment = how.augment
        board = how.augment
        if board.board_defects or board.board_negatives or board.board_styles:
            require_board_classes(data.classes)
        self._loader = Loader(len(data), how.fit, self._prepare, _collate, team.rank, team.size)
        self.batches_per_epoch = self._loader.batches_per_epoch

    def batches(self, epoch: int, progress: float) -> Iterator[DetectionBatch]:
        """Give the batches of an epoch; near the end of the run nothing is mixed or painted in."""
        self._augment = self._how.augment
        if progress >= 1 - self._augment.quiet_end:
            self._augment = replace(self._augment, mosaic=0.0, paste=0.0, board_defects=0.0)
        return self._loader.epoch(epoch)

    def losses(
        self, network: nn.Module, batch: DetectionBatch, device: torch.device
    ) -> Mapping[str, Tensor]:
        """Run the network and compare every cell with the box it should learn."""
        images = batch.images.to(device, memory_format=torch.channels_last)
        predictions = network(images)
        logits = predictions.logits.float()  # (B, A, C)
        centres, strides = self._centres.to(device), self._strides.to(device)
        boxes = decode_boxes(predictions.log_distances, centres, strides)  # (B, A, 4)
        targets = assign(
            boxes.detach(), logits.detach().sigmoid(), centres,
            batch.boxes.to(device), batch.classes.to(device), batch.exists.to(device),
        )  # fmt: skip
        return detection_loss(boxes, logits, targets, self._how.loss.box_weight)

    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure average precision on the validation pictures."""
        assert isinstance(network, DetectionNetwork)
        truths, found = find_boxes(network, self._validation, self._how.model)
        figures = average_precision(truths, found, self._data.classes)
        value = figures['map50'] or 0.0
        return {'map50': value, 'map': figures['map'] or 0.0, 'score': value}

    def _prepare(self, epoch: int, index: int, rng: np.random.Generator) -> _Prepared:
        how = self._augment
        example = self._draw(index, how, rng)
        if rng.random() < how.mosaic:
            example = mosaic(example, lambda: self._draw(self._other(rng), how, rng), rng)
        if rng.random() < how.paste:
            example = paste(example, self._draw(self._other(rng), how, rng), rng)
        assert example.boxes is not None
        return (
            write_pictures(example, self._how.model),
            example.boxes.boxes_xyxy,
            example.boxes.class_ids,
        )

    def _draw(self, index: int, how: AugmentSettings, rng: np.random.Generator) -> Example:
        example = self._data.read(index)
        if how.faultless and rng.random() < how.faultless:
            example = faultless(example)
        if how.board_negatives and rng.random() < how.board_negatives:
            example = negative_of_board(example, self._data.classes)
        if how.board_styles and rng.random() < how.board_styles:
            example = restyle_board(example, rng)
        if how.board_defects and rng.random() < how.board_defects:
            example = paint_board_defects(example, self._data.classes, rng)
        return augment(example, self._input_wh, how, rng)

    def _other(self, rng: np.random.Generator) -> int:
        return int(rng.integers(len(self._data)))


_Prepared = tuple[np.ndarray, np.ndarray, np.ndarray]


def _collate(rows: Sequence[_Prepared]) -> DetectionBatch:
    fullest = max(1, *(len(row[1]) for row in rows))
    boxes = torch.zeros(len(rows), fullest, 4)
    classes = torch.zeros(len(rows), fullest, dtype=torch.int64)
    exists = torch.zeros(len(rows), fullest, dtype=torch.bool)
    for index, (_, edges, ids) in enumerate(rows):
        boxes[index, : len(ids)] = torch.from_numpy(edges)
        classes[index, : len(ids)] = torch.from_numpy(ids.astype(np.int64))
        exists[index, : len(ids)] = True
    images = torch.from_numpy(np.stack([row[0] for row in rows]))
    return DetectionBatch(images, boxes, classes, exists)
