"""From pictures with masks to a published segmenter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from factory_perception.engines.selection import open_engine
from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.data import PictureData
from factory_perception.training.distributed import Team
from factory_perception.training.input_size import require_whole_cells
from factory_perception.training.network_input import IMAGE_RULE, write_pictures
from factory_perception.training.networks.segmentation import (
    DeployedSegmenter,
    SegmentationNetwork,
)
from factory_perception.training.networks.trunk import SIZES
from factory_perception.training.picture_batches import AnsweredBatch, PictureBatches
from factory_perception.training.picture_recipe import PictureRecipe
from factory_perception.training.segmentation_metrics import MaskCounts
from factory_perception.training.settings import LossSettings, TrainingSettings
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import Letterbox
from factory_perception.vision.segmenter import Segmenter


class SegmentationLesson:
    """Teaches a ``SegmentationNetwork`` the masks of some pictures."""

    def __init__(
        self,
        network: SegmentationNetwork,
        data: PictureData,
        validation: PictureData,
        how: TrainingSettings,
        team: Team,
    ) -> None:
        self.network: nn.Module = network
        self._batches = PictureBatches(data, how, team)
        self._classes, self._validation, self._how = data.classes, validation, how
        self.batches_per_epoch = self._batches.batches_per_epoch

    def batches(self, epoch: int, progress: float) -> Iterator[AnsweredBatch]:
        """Give the batches of an epoch."""
        return self._batches.epoch(epoch)

    def losses(
        self, network: nn.Module, batch: AnsweredBatch, device: torch.device
    ) -> Mapping[str, Tensor]:
        """Give cross-entropy by pixel and Dice by class."""
        logits = network(batch.images.to(device, memory_format=torch.channels_last)).float()
        return segmentation_loss(logits, batch.answers.to(device), self._how.loss)

    @torch.inference_mode()
    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure on the validation pictures, at the size of the input."""
        counts = MaskCounts(self._classes)
        device = next(network.parameters()).device
        network.eval()
        for index in range(len(self._validation)):
            example = self._validation.read(index)
            assert example.mask is not None
            image = torch.from_numpy(write_pictures(example, self._how.model)[None])
            answer = network(image.to(device))[0].argmax(0).cpu().numpy().astype(np.uint8)
            height, width = example.mask.shape
            fit = Letterbox.fit((width, height), self._how.model.input_wh, IMAGE_RULE.resize)
            counts.add(*_same_size(example.mask, answer, fit))
        figures = counts.figures()
        return {'miou': figures['miou'], 'dice': figures['dice'], 'score': figures['miou']}


def _same_size(
    mask: NDArray[np.uint8], answer: NDArray[np.uint8], fit: Letterbox
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read an answer of the network's size at the pixels of a mask."""
    (left, top), (width, height) = fit.offset_xy, fit.resized_wh
    rows = top + (np.arange(mask.shape[0]) + 0.5) * height / mask.shape[0]
    columns = left + (np.arange(mask.shape[1]) + 0.5) * width / mask.shape[1]
    return mask, answer[rows.astype(int)[:, None], columns.astype(int)[None, :]]


def segmentation_loss(logits: Tensor, masks: Tensor, how: LossSettings) -> dict[str, Tensor]:
    """Give the loss and its parts: logits ``(B, C, H, W)``, masks ``(B, H, W)``.

    Rare classes weigh as much as frequent ones in the Dice part (arXiv:1606.04797).
    """
    pixel = functional.cross_entropy(logits, masks, reduction='none')
    if how.focal:
        pixel = pixel * (1 - torch.exp(-pixel)) ** how.focal
    cross = pixel.mean()
    wanted = functional.one_hot(masks, logits.shape[1]).movedim(-1, 1)  # (B, C, H, W)
    found = logits.softmax(1)
    overlap = (found * wanted).sum((0, 2, 3))
    total = (found + wanted).sum((0, 2, 3))
    present = wanted.sum((0, 2, 3)) > 0
    dice = 1 - ((2 * overlap + 1) / (total + 1))[present].mean()
    return {'loss': cross + how.dice * dice, 'pixel': cross.detach(), 'dice': dice.detach()}


class SegmentationRecipe(PictureRecipe):
    """A class for every pixel."""

    task = 'segment'
    metric = 'miou'
    lesson_type = SegmentationLesson

    def network(self, settings: TrainingSettings, data: PictureData) -> nn.Module:
        """Make a segmenter for the classes of the data."""
        model = settings.model
        require_whole_cells(model.input_wh)
        return SegmentationNetwork(len(data.classes), SIZES[model.size], model.dropout)

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: PictureData
    ) -> None:
        """Leave the network as it is."""

    def deployed(self, network: nn.Module, trained: nn.Module) -> nn.Module:
        """Add the softmax."""
        return DeployedSegmenter(network)

    def output_shape(self, settings: TrainingSettings, classes: int) -> list[int]:
        """Give one probability a class and pixel."""
        width, height = settings.model.input_wh
        return [classes, height, width]

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise convolutions."""
        return ('Conv',)

    def evaluate(
        self, folder: ModelFolder, data: PictureData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure overlap of masks at the size of the pictures."""
        counts = MaskCounts(data.classes)
        with open_engine(folder, backend, precision) as engine:
            segmenter = Segmenter(folder, engine)
            for index in range(len(data)):
                example = data.read(index)
                assert example.mask is not None
                counts.add(example.mask, segmenter.segment(ColourImage(example.image_bgr, 'bgr')))
        figures = counts.figures()
        return {
            'data': data.origin,
            'data_sha256': data.sha256,
            'pictures': len(data),
            'per_class': figures['iou_per_class'],
            **figures,
        }
