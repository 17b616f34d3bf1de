"""The convolutional trunk that all vision networks share."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn, Tensor
from torchvision.models.resnet import BasicBlock


@dataclass(frozen=True)
class TrunkSize:
    """Channels of the stem's two convolutions and of the stages at strides 4, 8, 16 and 32."""

    stem: tuple[int, int]
    stages: tuple[int, int, int]
    blocks: tuple[int, int, int, int]
    neck: int


#: Plain convolutions and ReLU only: they quantise well, and run fast on every backend.
SIZES = {
    'n': TrunkSize((16, 32), (64, 128, 192), (1, 1, 2, 1), 48),
    's': TrunkSize((24, 32), (96, 160, 256), (1, 2, 2, 2), 64),
}
STRIDES = (8, 16, 32)


def strides_to(coarsest: int) -> tuple[int, ...]:
    """Give the strides whose features find boxes, the finest first."""
    return tuple(stride for stride in STRIDES if stride <= coarsest)


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Give convolution, batch normalisation and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def residual(inputs: int, outputs: int, stride: int = 1) -> BasicBlock:
    """Give torchvision's residual block (He et al., arXiv:1512.03385)."""
    shortcut = None
    if stride != 1 or inputs != outputs:
        shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
        )
    return BasicBlock(inputs, outputs, stride, shortcut)


class Trunk(nn.Module):
    """A narrow residual network; gives its features at strides 4, 8, 16 and 32.

    Without the last stages, whose features nobody asks for, it is the same network up to there.
    """

    def __init__(self, size: TrunkSize, in_channels: int = 3, stages: int = 4) -> None:
        super().__init__()
        self.channels = (size.stem[1], *size.stages)[:stages]
        self.stem = nn.Sequential(
            convolution(in_channels, size.stem[0], stride=2),
            convolution(size.stem[0], size.stem[1], stride=2),
        )
        layers = []
        inputs = size.stem[1]
        for index, (outputs, count) in enumerate(zip(self.channels, size.blocks)):
            first = residual(inputs, outputs, 1 if index == 0 else 2)
            layers.append(
                nn.Sequential(first, *(residual(outputs, outputs) for _ in range(count - 1)))
            )
            inputs = outputs
        self.stages = nn.ModuleList(layers)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Turn images ``(B, 3, H, W)`` into a feature map for every stage, finest first."""
        x = self.stem(images)
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features
