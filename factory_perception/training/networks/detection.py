"""An anchor-free one-stage detector: trunk, feature pyramid, a head for each stride.

Each cell of the strides 8, 16 and, but for small things, 32 predicts one box by the distances to
its four edges (FCOS, arXiv:1904.01355) and one score a class, without objectness. The pyramid runs
down and up again (PANet, arXiv:1803.01534).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn, Tensor
from torch.nn import functional

from factory_perception.training.networks.trunk import (
    convolution,
    SIZES,
    STRIDES,
    Trunk,
    TrunkSize,
)
from factory_perception.training.networks.views import Views

#: exp of this many is the longest distance in strides; keeps half precision finite.
MAX_LOG_DISTANCE = 4.0
#: Score of every cell before training: most of them show background (RetinaNet, arXiv:1708.02002).
PRIOR_SCORE = 0.002

#: Blue, green, red.
IMAGE_CHANNELS = 3


class Predictions(NamedTuple):
    """What the head says, for A cells of all strides."""

    #: ``(B, A, 4)`` logarithms of the distances to left, top, right, bottom edge in strides.
    log_distances: Tensor
    #: ``(B, A, C)`` before the sigmoid.
    logits: Tensor


class Pyramid(nn.Module):
    """Mixes the features of two or three strides, coarse to fine and fine to coarse."""

    def __init__(self, inputs: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(channels, width, 1) for channels in inputs)
        self.smooth = nn.ModuleList(convolution(width, width) for _ in inputs)
        self.down = nn.ModuleList(convolution(width, width, stride=2) for _ in inputs[1:])

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """Turn feature maps, finest first, into maps of equal width."""
        maps = [layer(x) for layer, x in zip(self.lateral, features)]
        for level in range(len(maps) - 2, -1, -1):
            coarse = functional.interpolate(maps[level + 1], scale_factor=2.0, mode='nearest')
            maps[level] = maps[level] + coarse
        maps = [layer(x) for layer, x in zip(self.smooth, maps)]
        for level in range(1, len(maps)):
            maps[level] = maps[level] + self.down[level - 1](maps[level - 1])
        return maps


class Head(nn.Module):
    """Predicts box and score of every cell of one stride.

    Strides do not share a head: what lies in their maps is spread differently, and a normalisation
    that saw all of them would fit none once its statistics are fixed.
    """

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.shared = convolution(width, width)
        self.box = convolution(width, width)
        self.score = convolution(width, width)
        self.box_out, self.score_out = nn.Conv2d(width, 4, 1), nn.Conv2d(width, classes, 1)
        nn.init.constant_(_bias(self.score_out), math.log(PRIOR_SCORE / (1 - PRIOR_SCORE)))
        nn.init.constant_(_bias(self.box_out), 1.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Turn a map ``(B, width, H, W)`` into log distances and logits, each ``(B, ?, H * W)``."""
        x = self.shared(x)
        distances = _exactly(self.box_out, self.box(x))
        return distances.flatten(2), _exactly(self.score_out, self.score(x)).flatten(2)


def _exactly(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """Run a layer in the precision of its weights, whatever was computed before.

    The eight bits of a bfloat16 are too few for the place of an edge.
    """
    if not torch.is_autocast_enabled(x.device.type):
        return layer(x)
    with torch.autocast(x.device.type, enabled=False):
        return layer(x.to(layer.weight.dtype))


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


class DetectionNetwork(nn.Module):
    """The whole detector. Input sides must be multiples of its coarsest stride.

    With six channels the last three are an aligned picture of a faultless part. The network looks
    at the picture and at its difference from that: where they are alike there is nothing to see,
    however odd the part looks.
    """

    def __init__(
        self,
        classes: int,
        size: TrunkSize = SIZES['n'],
        in_channels: int = 3,
        strides: tuple[int, ...] = STRIDES,
    ) -> None:
        super().__init__()
        self.classes, self.strides = classes, strides
        self.trunk = Trunk(size, in_channels, stages=1 + len(strides))
        self.pyramid = Pyramid(self.trunk.channels[1:], size.neck)
        self.heads = nn.ModuleList(Head(size.neck, classes) for _ in strides)

    def forward(self, images: Tensor) -> Predictions:
        """Turn images ``(B, 3 or 6, H, W)`` into predictions of all cells."""
        if images.shape[1] == 2 * IMAGE_CHANNELS:
            pictures, templates = images.chunk(2, 1)
            images = torch.cat([pictures, pictures - templates], 1)
        maps = self.pyramid(self.trunk(images)[1:])
        distances, logits = zip(*(head(x) for head, x in zip(self.heads, maps)))
        log_distances = torch.cat(distances, 2).transpose(1, 2)
        return Predictions(
            log_distances.clamp(-MAX_LOG_DISTANCE, MAX_LOG_DISTANCE),
            torch.cat(logits, 2).transpose(1, 2),
        )


def cell_grid(height: int, width: int, strides: tuple[int, ...] = STRIDES) -> tuple[Tensor, Tensor]:
    """Give centre ``(A, 2)`` in pixels and stride ``(A, 1)`` of every cell of an input size."""
    centres, sizes = [], []
    for stride in strides:
        y, x = torch.meshgrid(
            torch.arange(height // stride), torch.arange(width // stride), indexing='ij'
        )
        centres.append((torch.stack([x.flatten(), y.flatten()], 1) + 0.5) * stride)
        sizes.append(torch.full((len(centres[-1]), 1), float(stride)))
    return torch.cat(centres).float(), torch.cat(sizes)


def decode_boxes(log_distances: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Turn log distances ``(B, A, 4)`` into edges ``(B, A, 4)`` in pixels of the input."""
    distances = log_distances.float().exp() * strides  # (B, A, 4)
    return torch.cat([centres - distances[..., :2], centres + distances[..., 2:]], -1)


class DeployedDetector(nn.Module):
    """The network as it is exported: boxes are decoded inside, in full precision.

    With more than one view it looks at mirrored pictures too and gives the mean.
    """

    def __init__(
        self,
        network: nn.Module,
        height: int,
        width: int,
        views: int = 1,
        strides: tuple[int, ...] = STRIDES,
    ) -> None:
        super().__init__()
        self.network = network
        self.centres: Tensor
        self.strides: Tensor
        centres, sizes = cell_grid(height, width, strides)
        self.register_buffer('centres', centres)
        self.register_buffer('strides', sizes)
        self.views = Views(views, height, width, strides) if views > 1 else None

    def forward(self, images: Tensor, templates: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Turn images ``(B, 3, H, W)`` into boxes ``(B, A, 4)`` and scores ``(B, A, C)``.

        Templates have the shape of the images.
        """
        if templates is not None:
            images = torch.cat([images, templates], 1)
        predictions = self.network(self.views.show(images) if self.views else images)
        boxes = decode_boxes(predictions.log_distances, self.centres, self.strides)
        scores = predictions.logits.float().sigmoid()
        return self.views.mean(boxes, scores) if self.views else (boxes, scores)
