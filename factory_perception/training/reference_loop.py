"""A plain training loop to measure ours against, in the manner of torchvision's references.

What most people would write: a ``DataLoader`` over files, ``torchvision.transforms.v2`` with boxes
as tensors of their own, the model, its losses, ``backward``, ``step``. Network, losses, changes to
the pictures and their number are those of our loop; fp32, no averaged weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
import time
from typing import Any

import torch
from torch import nn, Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import tv_tensors
from torchvision.io import decode_image, ImageReadMode
from torchvision.transforms import v2

from factory_perception.training.assignment import assign
from factory_perception.training.losses import detection_loss
from factory_perception.training.networks.detection import (
    cell_grid,
    decode_boxes,
    DetectionNetwork,
)
from factory_perception.training.settings import AugmentSettings, TrainingSettings

#: A picture as a file, its boxes ``(G, 4)`` and their class ids ``(G,)``.
Sample = tuple[Path, Tensor, Tensor]


class FilesWithBoxes(Dataset):
    """Pictures as files with their boxes, changed at random."""

    def __init__(self, samples: Sequence[Sample], settings: TrainingSettings) -> None:
        self._samples = samples
        self._transforms = transforms_like(settings.augment, settings.model.input_wh)

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, index: int) -> tuple[Tensor, dict[str, Tensor]]:
        path, edges, labels = self._samples[index]
        image = tv_tensors.Image(decode_image(str(path), ImageReadMode.RGB))
        size = tuple(image.shape[-2:])
        boxes = tv_tensors.BoundingBoxes(edges, format='XYXY', canvas_size=size)
        picture, target = self._transforms(image, {'boxes': boxes, 'labels': labels})
        return picture, target


def transforms_like(how: AugmentSettings, input_wh: tuple[int, int]) -> v2.Compose:
    """Give what torchvision offers for the changes that our settings ask for."""
    width, height = input_wh
    steps: list[nn.Module] = [v2.Resize((height, width), antialias=False)]
    if how.shift or how.zoom_low < 1 or how.zoom_high > 1:
        scale = (how.zoom_low, how.zoom_high)
        steps.append(
            v2.RandomAffine(how.rotate_deg, (how.shift, how.shift), scale, fill=114.0)
        )  # fmt: skip
    steps += [
        v2.RandomHorizontalFlip(how.flip_horizontal),
        v2.RandomVerticalFlip(how.flip_vertical),
    ]
    if how.light or how.colour:
        steps.append(v2.ColorJitter(how.light, how.light, 2 * how.colour, how.colour / 2))
    if how.blur:
        steps.append(v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.2))], how.blur))
    steps.append(v2.ToDtype(torch.float32, scale=True))
    if how.noise:
        steps.append(v2.GaussianNoise(sigma=how.noise / 255 / 2))
    steps += [v2.Normalize([0.447] * 3, [0.235] * 3), v2.SanitizeBoundingBoxes()]
    return v2.Compose(steps)


def reference_steps(
    network: DetectionNetwork,
    samples: Sequence[Sample],
    settings: TrainingSettings,
    device: torch.device,
) -> Iterator[float]:
    """Train for an epoch; give the time after every step, of ``time.perf_counter``."""
    loader = DataLoader(
        FilesWithBoxes(samples, settings),
        batch_size=settings.fit.batch,
        shuffle=True,
        num_workers=settings.fit.workers,
        collate_fn=lambda rows: tuple(zip(*rows)),
        drop_last=True,
    )
    width, height = settings.model.input_wh
    grid = tuple(part.to(device) for part in cell_grid(height, width, network.strides))
    network.to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    for images, targets in loader:
        loss = _loss(network, torch.stack(images).to(device), targets, grid, settings)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        yield time.perf_counter()


def _loss(
    network: DetectionNetwork,
    images: Tensor,
    targets: Sequence[dict[str, Tensor]],
    grid: tuple[Tensor, ...],
    settings: TrainingSettings,
) -> Tensor:
    """Give the loss of our detector, from targets as torchvision passes them."""
    device, (centres, strides) = images.device, grid
    boxes, classes, exists = (part.to(device) for part in _padded(targets))
    predictions: Any = network(images)
    logits = predictions.logits
    found = decode_boxes(predictions.log_distances, centres, strides)
    wanted = assign(found.detach(), logits.detach().sigmoid(), centres, boxes, classes, exists)
    return detection_loss(found, logits, wanted, settings.loss.box_weight)['loss']


def _padded(targets: Sequence[dict[str, Tensor]]) -> tuple[Tensor, Tensor, Tensor]:
    boxes = nn.utils.rnn.pad_sequence([t['boxes'].float() for t in targets], batch_first=True)
    classes = nn.utils.rnn.pad_sequence([t['labels'] for t in targets], batch_first=True)
    counts = torch.tensor([len(t['labels']) for t in targets])
    exists = torch.arange(classes.shape[1])[None] < counts[:, None]
    return boxes, classes, exists
