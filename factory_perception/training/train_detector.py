"""Train a detector: one loop, to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
import math
import time
from typing import cast

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from factory_perception.model_store.manifest import ImageRule
from factory_perception.training.assignment import assign
from factory_perception.training.augmentation import Augmentation
from factory_perception.training.data import PictureData
from factory_perception.training.loading import epoch_batches, Feed
from factory_perception.training.losses import detection_loss
from factory_perception.training.networks.detection import (
    cell_grid,
    decode_boxes,
    DetectionNetwork,
)
from factory_perception.training.networks.trunk import SIZES

#: Pixels as the network sees them: roughly -2..2.
IMAGE_RULE = ImageRule('bgr', (114.0,) * 3, (60.0,) * 3, 'letterbox', 114)


@dataclass(frozen=True)
class DetectorTraining:
    """What can be chosen about a training run."""

    size: str = 'n'
    input_wh: tuple[int, int] = (512, 384)
    epochs: int = 30
    batch: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    #: Part of the run in which the learning rate climbs to its top.
    warm_up: float = 0.03
    #: Memory of the averaged weights, in steps.
    average_steps: int = 500
    gradient_clip: float = 10.0
    seed: int = 0
    #: Processes that load pictures beside the one that learns.
    workers: int = 1
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class Step:
    """Where a run is, for whoever watches it."""

    step: int
    steps: int
    epoch: int
    loss: float
    score_loss: float
    box_loss: float
    learning_rate: float
    images_per_second: float


def train_detector(
    data: PictureData, how: DetectorTraining, watch: Callable[[Step], None]
) -> DetectionNetwork:
    """Train a detector from scratch and give the averaged network, ready to be exported.

    Args:
        data: pictures to learn from.
        how: the settings.
        watch: called after every step.
    """
    torch.manual_seed(how.seed)
    network = DetectionNetwork(len(data.classes), SIZES[how.size])
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(
        network, multi_avg_fn=get_ema_multi_avg_fn(1 - 1 / how.average_steps), use_buffers=True
    )
    optimizer = torch.optim.AdamW(_groups(network, how.weight_decay), lr=how.learning_rate)
    width, height = how.input_wh
    centres, strides = cell_grid(height, width)  # (A, 2), (A, 1)
    feed = Feed(IMAGE_RULE, how.input_wh, how.augmentation)
    steps = how.epochs * max(len(data) // how.batch, 1)
    half = half_precision_pays()
    step = 0
    network.train()
    for epoch in range(how.epochs):
        for batch in epoch_batches(data, feed, how.batch, epoch, how.seed, how.workers):
            start = time.perf_counter()
            rate = learning_rate(step, steps, how)
            for group in optimizer.param_groups:
                group['lr'] = rate

            images = batch.images.to(memory_format=torch.channels_last)  # (B, 3, H, W)
            with torch.autocast('cpu', torch.bfloat16, enabled=half):
                predictions = network(images)
            logits = predictions.logits.float()  # (B, A, C)
            boxes = decode_boxes(predictions.log_distances, centres, strides)  # (B, A, 4)
            targets = assign(
                boxes.detach(), logits.detach().sigmoid(), centres,
                batch.boxes, batch.classes, batch.exists,
            )  # fmt: skip
            losses = detection_loss(boxes, logits, targets)

            optimizer.zero_grad(set_to_none=True)
            losses['loss'].backward()
            nn.utils.clip_grad_norm_(network.parameters(), how.gradient_clip)
            optimizer.step()
            average.update_parameters(network)
            step += 1
            watch(
                Step(
                    step, steps, epoch, losses['loss'].item(), float(losses['score']),
                    float(losses['box']), rate, len(images) / (time.perf_counter() - start),
                )
            )  # fmt: skip
    return cast(DetectionNetwork, average.module).eval()


def learning_rate(step: int, steps: int, how: DetectorTraining) -> float:
    """Give the rate of a step: a straight climb, then half a cosine down to a twentieth."""
    climb = max(round(how.warm_up * steps), 1)
    if step < climb:
        return how.learning_rate * (step + 1) / climb
    progress = (step - climb) / max(steps - climb, 1)
    return how.learning_rate * (0.05 + 0.95 * (1 + math.cos(math.pi * progress)) / 2)


def half_precision_pays() -> bool:
    """Say whether this processor multiplies bfloat16 faster than float32."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def _groups(network: nn.Module, decay: float) -> list[dict[str, object]]:
    """Keep normalisation and biases out of weight decay."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [{'params': decayed, 'weight_decay': decay}, {'params': others, 'weight_decay': 0.0}]
