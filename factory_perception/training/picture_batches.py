"""Batches of pictures with one answer each: a class, or a mask of classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from factory_perception.training.augmentation import augment
from factory_perception.training.data import Example, PictureData
from factory_perception.training.distributed import Team
from factory_perception.training.loading import Loader
from factory_perception.training.network_input import write_pictures
from factory_perception.training.settings import TrainingSettings


@dataclass(frozen=True)
class AnsweredBatch:
    """Pictures and their answers."""

    #: ``(B, 3, H, W)`` float32, normalised.
    images: Tensor
    #: ``(B,)`` class ids, or ``(B, H, W)`` of them; -1 where a pixel counts for nothing.
    answers: Tensor


_Row = tuple[np.ndarray, np.ndarray]


class PictureBatches:
    """Augmented batches of a data set for one process of a team."""

    def __init__(self, data: PictureData, how: TrainingSettings, team: Team) -> None:
        self._data, self._how = data, how
        self._loader = Loader(len(data), how.fit, self._prepare, _collate, team.rank, team.size)
        self.batches_per_epoch = self._loader.batches_per_epoch

    def epoch(self, epoch: int) -> Iterator[AnsweredBatch]:
        """Give the batches of an epoch."""
        return self._loader.epoch(epoch)

    def _prepare(self, epoch: int, index: int, rng: np.random.Generator) -> _Row:
        size, how = self._how.model.input_wh, self._how.augment
        example = augment(self._data.read(index), size, how, rng)
        return write_pictures(example, self._how.model), answer_of(example)


def answer_of(example: Example) -> np.ndarray:
    """Give what is to be answered about a picture."""
    if example.mask is not None:
        return example.mask.astype(np.int64)
    assert example.label is not None
    return np.array(example.label, np.int64)


def _collate(rows: Sequence[_Row]) -> AnsweredBatch:
    images = torch.from_numpy(np.stack([row[0] for row in rows]))
    return AnsweredBatch(images, torch.from_numpy(np.stack([row[1] for row in rows])))
