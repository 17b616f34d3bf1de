"""What a task adds to the training loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import torch
from torch import nn, Tensor


class Lesson(Protocol):
    """One task with its data: the loop knows nothing else about either."""

    network: nn.Module
    #: Batches that one process sees in an epoch.
    batches_per_epoch: int

    def batches(self, epoch: int, progress: float) -> Iterator[Any]:
        """Give the batches of an epoch; the same epoch always gives the same ones.

        Args:
            epoch: counted from 0.
            progress: how far the run is at its start, 0 to 1.
        """

    def losses(self, network: nn.Module, batch: Any, device: torch.device) -> Mapping[str, Tensor]:
        """Give ``loss`` and, detached, the parts to be logged."""

    def validate(self, network: nn.Module) -> Mapping[str, float]:
        """Measure the averaged network; ``score`` is what counts, higher is better."""
