"""A light U-Net (arXiv:1505.04597) on the shared trunk: a class for every pixel."""

from __future__ import annotations

import torch
from torch import nn, Tensor
from torch.nn import functional

from factory_perception.training.networks.trunk import convolution, SIZES, Trunk, TrunkSize


class SegmentationNetwork(nn.Module):
    """Goes down with the trunk and up again with a skip connection at every stride."""

    def __init__(self, classes: int, size: TrunkSize = SIZES['n'], dropout: float = 0.0) -> None:
        super().__init__()
        self.trunk = Trunk(size)
        channels = self.trunk.channels
        self.up = nn.ModuleList(
            convolution(coarse + fine, fine)
            for coarse, fine in zip(reversed(channels[1:]), reversed(channels[:-1]))
        )
        self.dropout = nn.Dropout2d(dropout)
        self.head = nn.Conv2d(channels[0], classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images ``(B, 3, H, W)`` into logits ``(B, C, H, W)``."""
        features = self.trunk(images)
        x = features[-1]
        for layer, skip in zip(self.up, reversed(features[:-1])):
            x = functional.interpolate(x, scale_factor=2.0, mode='nearest')
            x = layer(torch.cat([x, skip], 1))
        logits = self.head(self.dropout(x))  # (B, C, H / 4, W / 4)
        return functional.interpolate(
            logits, scale_factor=4.0, mode='bilinear', align_corners=False
        )


class DeployedSegmenter(nn.Module):
    """The segmenter as it is exported: a probability for every class and pixel."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Turn images ``(B, 3, H, W)`` into probabilities ``(B, C, H, W)``."""
        return torch.softmax(self.network(images).float(), 1)
