"""Teach a recurrent network the faults in frames of many runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from torch.nn import functional

from factory_perception.training.distributed import Team
from factory_perception.training.settings import FitSettings

#: So many frames at the start of a window do not count: the state knows nothing yet.
WARM_UP = 10
#: Shorter runs are filled up with frames that do not count.
LEAST_FRAMES = 101
#: Windows of an epoch; half of them hold a fault.
WINDOWS = 1024
#: Runs that the network sees side by side.
BESIDE = 16
Batch = tuple[Tensor, Tensor]


class FaultLesson:
    """Cross-entropy on windows of single joints; measured on all windows of validation runs."""

    def __init__(
        self,
        network: nn.Module,
        rows: NDArray[Any],
        labels: NDArray[np.int64],
        validation: tuple[NDArray[Any], NDArray[np.int64]],
        classes: int,
        how: FitSettings,
        team: Team,
        window: int,
    ) -> None:
        """Take rows ``(N, R, J, F)`` and labels ``(N, R, J)``, -1 for what does not count.

        ``window`` frames are learned from at a time, or as many as the runs have.
        """
        self.network = network
        self._rows, self._labels, self._validation = rows, labels, validation
        self._how, self._team, self._classes = how, team, classes
        self._window = min(window, len(labels) - 1)
        self._faulty = [np.argwhere(labels == kind) for kind in range(1, classes)]
        self._faulty = [places for places in self._faulty if len(places)]
        counts = np.bincount(labels[labels >= 0], minlength=classes)
        weights = np.sqrt(counts.sum() / classes / np.maximum(counts, 1.0))
        self._weights = torch.from_numpy(weights / weights.mean()).float()
        self.batches_per_epoch = max(WINDOWS // (how.batch * team.size), 1)

    def batches(self, epoch: int, progress: float) -> Iterator[Batch]:
        """Give the batches of an epoch: rows ``(B, W, F)``, labels ``(B, W)``."""
        rng = np.random.default_rng([self._how.seed, epoch, self._team.rank])
        for _ in range(self.batches_per_epoch):
            drawn = [self._draw(rng, place % 2 == 0) for place in range(self._how.batch)]
            rows, labels = zip(*drawn)
            yield torch.from_numpy(np.stack(rows)).float(), torch.from_numpy(np.stack(labels))

    def _draw(
        self, rng: np.random.Generator, faulty: bool
    ) -> tuple[NDArray[Any], NDArray[np.int64]]:
        time, runs, joints = self._labels.shape
        last = time - self._window
        if faulty and self._faulty:
            # Every kind as often: some last half a minute, others a third of a second.
            places = self._faulty[rng.integers(len(self._faulty))]
            at, run, joint = places[rng.integers(len(places))]
            first = int(np.clip(at - rng.integers(WARM_UP, self._window), 0, last))
        else:
            first, run, joint = (int(rng.integers(top)) for top in (last, runs, joints))
        window = slice(first, first + self._window)
        return self._rows[window, run, joint], self._labels[window, run, joint]

    def losses(
        self, network: nn.Module, batch: Batch, device: torch.device
    ) -> Mapping[str, Tensor]:
        """Give the cross-entropy; rare faults count more."""
        rows, labels = (part.to(device) for part in batch)
        scores = network(rows)[:, WARM_UP:]
        loss = functional.cross_entropy(
            scores.flatten(0, 1), labels[:, WARM_UP:].flatten(), self._weights.to(device),
            ignore_index=-1,
        )  # fmt: skip
        return {'loss': loss}

    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure the mean recall of all classes that are there."""
        rows, labels = self._validation
        found = run_network(network, rows).argmax(-1)
        recalls = [
            float((found[labels == kind] == kind).mean())
            for kind in range(self._classes)
            if (labels == kind).any()
        ]
        return {'recall': float(np.mean(recalls)), 'score': float(np.mean(recalls))}


@torch.inference_mode()
def run_network(network: nn.Module, rows: NDArray[Any]) -> NDArray[np.float32]:
    """Give scores ``(N, R, J, K)`` of whole runs ``(N, R, J, F)``."""
    device = next(network.parameters()).device
    network.eval()
    time, runs, joints, width = rows.shape
    parts = []
    for first in range(0, runs, BESIDE):
        some = rows[:, first : first + BESIDE].reshape(time, -1, width).swapaxes(0, 1)
        series = torch.from_numpy(np.ascontiguousarray(some, np.float32))
        scores = network(series.to(device)).cpu().numpy().swapaxes(0, 1)
        parts.append(scores.reshape(time, -1, joints, scores.shape[-1]))
    return np.concatenate(parts, axis=1)
