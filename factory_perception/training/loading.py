"""Batches for the trainer, the same ones whatever the number of loading processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from factory_perception.model_store.manifest import ImageRule
from factory_perception.training.augmentation import augment, Augmentation
from factory_perception.training.data import PictureData
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.letterbox import InputWriter


@dataclass(frozen=True)
class Batch:
    """Pictures with their boxes, padded to the fullest picture."""

    #: ``(B, 3, H, W)`` float32, normalised.
    images: Tensor
    #: ``(B, G, 4)`` edges in pixels of the input.
    boxes: Tensor
    #: ``(B, G)`` class ids.
    classes: Tensor
    #: ``(B, G)`` which rows are no padding.
    exists: Tensor


@dataclass(frozen=True)
class Feed:
    """How pictures become inputs: the rule of the manifest, the size, and what is varied."""

    rule: ImageRule
    input_wh: tuple[int, int]
    augmentation: Augmentation


class _Examples(Dataset):
    """Gives one augmented picture; what chance does to it depends on seed, epoch and index only."""

    def __init__(self, data: PictureData, feed: Feed, seed: int) -> None:
        self._data, self._feed, self._seed = data, feed, seed
        self._writer = InputWriter(feed.rule, feed.input_wh)

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, key: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        epoch, index = key
        rng = np.random.default_rng([self._seed, epoch, index])
        example = augment(self._data.read(index), self._feed.input_wh, self._feed.augmentation, rng)
        assert example.boxes is not None
        width, height = self._feed.input_wh
        image = np.empty((3, height, width), np.float32)
        self._writer.write(ColourImage(example.image_bgr, 'bgr'), image)
        return image, example.boxes.boxes_xyxy, example.boxes.class_ids


def epoch_batches(
    data: PictureData, feed: Feed, batch: int, epoch: int, seed: int, workers: int
) -> Iterator[Batch]:
    """Give one epoch of batches in an order that depends on seed and epoch only."""
    order = np.random.default_rng([seed, epoch]).permutation(len(data))
    whole = len(order) // batch * batch or len(order)
    keys = [[(epoch, int(index)) for index in order[start : start + batch]]
            for start in range(0, whole, batch)]  # fmt: skip
    loader = DataLoader(
        _Examples(data, feed, seed),
        batch_sampler=keys,
        num_workers=workers,
        collate_fn=_collate,
        prefetch_factor=4 if workers else None,
    )
    yield from loader


def _collate(rows: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Batch:
    fullest = max(1, *(len(row[1]) for row in rows))
    boxes = torch.zeros(len(rows), fullest, 4)
    classes = torch.zeros(len(rows), fullest, dtype=torch.int64)
    exists = torch.zeros(len(rows), fullest, dtype=torch.bool)
    for index, (_, edges, ids) in enumerate(rows):
        boxes[index, : len(ids)] = torch.from_numpy(edges)
        classes[index, : len(ids)] = torch.from_numpy(ids.astype(np.int64))
        exists[index, : len(ids)] = True
    images = torch.from_numpy(np.stack([row[0] for row in rows]))
    return Batch(images, boxes, classes, exists)
