"""A picture classifier: trunk, mean over the picture, one linear layer."""

from __future__ import annotations

import torch
from torch import nn, Tensor

from factory_perception.training.networks.trunk import SIZES, Trunk, TrunkSize


class ClassificationNetwork(nn.Module):
    """Gives one score a class before the softmax."""

    def __init__(self, classes: int, size: TrunkSize = SIZES['n'], dropout: float = 0.0) -> None:
        super().__init__()
        self.trunk = Trunk(size)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.trunk.channels[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images ``(B, 3, H, W)`` into logits ``(B, C)``."""
        features = self.trunk(images)[-1].mean((2, 3))  # (B, channels)
        logits: Tensor = self.head(self.dropout(features))
        return logits


class DeployedClassifier(nn.Module):
    """The classifier as it is exported: calibrated probabilities."""

    def __init__(self, network: nn.Module, temperature: float = 1.0) -> None:
        super().__init__()
        self.network = network
        #: Softens or sharpens the answers until they are as sure as they are right
        #: (Guo et al., arXiv:1706.04599).
        self.temperature = temperature

    def forward(self, images: Tensor) -> Tensor:
        """Turn images ``(B, 3, H, W)`` into probabilities ``(B, C)``."""
        return torch.softmax(self.network(images).float() / self.temperature, 1)
