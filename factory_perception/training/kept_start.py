"""Let a network that was trained further keep a share of the weights that it began with.

Halfway between a model and what it became by learning something new lies one that knows both better
than the end of the training does (Wortsman et al., *Robust fine-tuning of zero-shot models*, 2022,
arXiv:2109.01903).
"""

from __future__ import annotations

import copy

import torch
from torch import nn


class KeptStart:
    """The weights of a network before it learns."""

    def __init__(self, network: nn.Module, share: float) -> None:
        """Copy the weights; ``share`` of them, 0 to 1, is kept."""
        self._share = share
        #: Goes into the checkpoint: another version may have the name when a run goes on.
        self.start = copy.deepcopy(network.state_dict()) if share else {}

    @torch.no_grad()
    def result(self, trained: nn.Module) -> nn.Module:
        """Give what counts of a trained network: itself, or a mixture that leaves it as it is."""
        if not self._share:
            return trained
        mixed = copy.deepcopy(trained)
        for name, tensor in mixed.state_dict().items():
            if tensor.is_floating_point():
                tensor.lerp_(self.start[name].to(tensor), self._share)
        return mixed
