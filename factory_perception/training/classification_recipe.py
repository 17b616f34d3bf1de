"""From folders of pictures to a published classifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from factory_perception.model_store.folder import ModelFolder
from factory_perception.training.class_answers import class_answers
from factory_perception.training.classification_metrics import (
    best_temperature,
    classification_figures,
)
from factory_perception.training.data import PictureData
from factory_perception.training.distributed import Team
from factory_perception.training.network_input import write_pictures
from factory_perception.training.networks.classification import (
    ClassificationNetwork,
    DeployedClassifier,
)
from factory_perception.training.networks.trunk import SIZES
from factory_perception.training.picture_batches import AnsweredBatch, PictureBatches
from factory_perception.training.picture_recipe import PictureRecipe
from factory_perception.training.settings import LossSettings, TrainingSettings


class ClassificationLesson:
    """Teaches a ``ClassificationNetwork`` the classes of some pictures."""

    def __init__(
        self,
        network: ClassificationNetwork,
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
        """Give cross-entropy, softened or focused as the settings say."""
        logits = network(batch.images.to(device, memory_format=torch.channels_last)).float()
        loss = classification_loss(logits, batch.answers.to(device), self._how.loss)
        return {'loss': loss}

    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure on the validation pictures."""
        logits, labels = collect_logits(network, self._validation, self._how)
        shifted = np.exp(logits - logits.max(1, keepdims=True))
        probabilities = shifted / shifted.sum(1, keepdims=True)
        figures = classification_figures(labels, probabilities, self._classes)
        value = figures['macro_f1']
        return {'macro_f1': value, 'accuracy': figures['accuracy'], 'score': value}


def classification_loss(logits: Tensor, labels: Tensor, how: LossSettings) -> Tensor:
    """Give the mean loss over a batch: logits ``(B, C)``, labels ``(B,)``.

    Focusing turns down what is known already (arXiv:1708.02002); the entropy penalty rewards unsure
    answers (arXiv:1701.06548).
    """
    loss = functional.cross_entropy(
        logits, labels, label_smoothing=how.label_smoothing, reduction='none'
    )
    if how.focal:
        sure = logits.softmax(1).gather(1, labels[:, None])[:, 0]
        loss = loss * (1 - sure) ** how.focal
    mean = loss.mean()
    if how.entropy_penalty:
        log = logits.log_softmax(1)
        mean = mean + how.entropy_penalty * (log.exp() * log).sum(1).mean()
    return mean


@torch.inference_mode()
def collect_logits(
    network: nn.Module, data: PictureData, how: TrainingSettings
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Run a network over whole pictures; give logits ``(N, C)`` and labels ``(N,)``."""
    device = next(network.parameters()).device
    network.eval()
    logits, labels = [], []
    for index in range(len(data)):
        example = data.read(index)
        image = torch.from_numpy(write_pictures(example, how.model)[None])
        logits.append(network(image.to(device))[0].float().cpu().numpy())
        labels.append(example.label)
    return np.stack(logits), np.array(labels, np.int64)


class ClassificationRecipe(PictureRecipe):
    """One class a picture."""

    task = 'classify'
    metric = 'macro_f1'
    lesson_type = ClassificationLesson

    def network(self, settings: TrainingSettings, data: PictureData) -> nn.Module:
        """Make a classifier for the classes of the data."""
        model = settings.model
        return ClassificationNetwork(len(data.classes), SIZES[model.size], model.dropout)

    def calibrate(
        self, network: nn.Module, settings: TrainingSettings, validation: PictureData
    ) -> None:
        """Find the temperature on validation pictures; it becomes part of the exported network."""
        logits, labels = collect_logits(network, validation, settings)
        network.temperature = best_temperature(logits, labels)  # type: ignore[assignment]

    def deployed(self, network: nn.Module, trained: nn.Module) -> nn.Module:
        """Add the softmax and the temperature."""
        return DeployedClassifier(network, float(getattr(trained, 'temperature', 1.0)))

    def output_shape(self, settings: TrainingSettings, classes: int) -> list[int]:
        """Give one probability a class."""
        return [classes]

    def quantised_layers(self) -> tuple[str, ...]:
        """Quantise convolutions and the last layer."""
        return ('Conv', 'Gemm', 'MatMul')

    def evaluate(
        self, folder: ModelFolder, data: PictureData, backend: str, precision: str
    ) -> dict[str, Any]:
        """Measure accuracy, F1 and calibration."""
        found = class_answers(folder, data, backend, precision)
        figures = classification_figures(found.labels, found.probabilities, data.classes)
        return {
            'data': data.origin,
            'data_sha256': data.sha256,
            'pictures': len(data),
            'per_class': figures['f1_per_class'],
            **figures,
        }
