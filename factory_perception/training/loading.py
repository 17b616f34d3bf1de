"""Batches in an order that depends on seed and epoch only, whatever loads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from torch.utils.data import DataLoader, Dataset

from factory_perception.training.datasets.problems import DatasetError
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings

#: Makes one training example: (epoch, index, generator for everything random about it).
Prepare = Callable[[int, int, np.random.Generator], Any]


class _Prepared(Dataset):
    def __init__(self, prepare: Prepare, seed: int) -> None:
        self._prepare, self._seed = prepare, seed

    def __getitem__(self, key: tuple[int, int]) -> Any:
        epoch, index = key
        try:
            return self._prepare(epoch, index, np.random.default_rng([self._seed, epoch, index]))
        except (DatasetError, SettingsError) as error:
            return error  # as it is; the loader would wrap it in the traceback of a process


class Loader:
    """Loads the batches of one process of a team."""

    def __init__(
        self,
        count: int,
        how: FitSettings,
        prepare: Prepare,
        collate: Callable[[Sequence[Any]], Any],
        rank: int = 0,
        size: int = 1,
    ) -> None:
        """Plan the loading.

        Args:
            count: number of examples.
            how: batch, seed and workers.
            prepare: makes an example.
            collate: makes a batch of some.
            rank: this process among the team.
            size: number of processes in the team; each sees another part of every epoch.
        """
        self._count, self._how = count, how
        self._dataset, self._collate = _Prepared(prepare, how.seed), collate
        self._rank, self._size = rank, size
        self.batches_per_epoch = max(count // (how.batch * size), 1)

    def epoch(self, epoch: int) -> Iterator[Any]:
        """Give the batches of an epoch; examples that do not fill a batch wait for the next.

        Raises:
            DatasetError, SettingsError: an example cannot be made; the text names its file.
        """
        order = np.random.default_rng([self._how.seed, epoch]).permutation(self._count)
        mine = order[self._rank :: self._size]
        batch = self._how.batch
        keys = [
            [(epoch, int(index)) for index in mine[number * batch : (number + 1) * batch]]
            for number in range(self.batches_per_epoch)
        ]
        workers = self._how.workers
        loader = DataLoader(
            self._dataset,
            batch_sampler=keys,
            num_workers=workers,
            collate_fn=self._collate_or_error,
            prefetch_factor=4 if workers else None,
        )
        for batch in loader:
            if isinstance(batch, Exception):
                raise batch
            yield batch

    def _collate_or_error(self, rows: Sequence[Any]) -> Any:
        errors = [row for row in rows if isinstance(row, Exception)]
        return errors[0] if errors else self._collate(rows)
