"""Fold normalisation into the convolutions before it: fewer layers, the same answers; and back."""

from __future__ import annotations

from collections.abc import Iterator
import copy
import itertools
from typing import TypeVar

import torch
from torch import nn, Tensor
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.models.resnet import BasicBlock

Network = TypeVar('Network', bound=nn.Module)


def normalised(network: nn.Module) -> Iterator[tuple[str, str]]:
    """Give the names of every convolution and of the normalisation behind it."""
    for name, module in network.named_modules():
        prefix = f'{name}.' if name else ''
        if isinstance(module, nn.Sequential):
            layers = list(module.named_children())
            for (first, before), (second, after) in itertools.pairwise(layers):
                if isinstance(before, nn.Conv2d) and isinstance(after, nn.BatchNorm2d):
                    yield prefix + first, prefix + second
        elif isinstance(module, BasicBlock):
            yield f'{prefix}conv1', f'{prefix}bn1'
            yield f'{prefix}conv2', f'{prefix}bn2'


def fused(network: Network) -> Network:
    """Give a copy of a network in evaluation mode without batch normalisation."""
    result = copy.deepcopy(network).eval()
    for convolution, norm in list(normalised(result)):
        pair = result.get_submodule(convolution), result.get_submodule(norm)
        _replace(result, convolution, fuse_conv_bn_eval(*pair))  # type: ignore[type-var, arg-type]
        _replace(result, norm, nn.Identity())
    return result


def _replace(network: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, own = name.rpartition('.')
    setattr(network.get_submodule(parent), own, module)


def unfolded(folded: Tensor, norm: nn.BatchNorm2d) -> Tensor:
    """Give the weights ``(O, I, K, K)`` of a convolution as they were before it was folded.

    What a channel with no gain looked at is lost; it begins from nothing.
    """
    assert norm.running_var is not None
    gain = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
    inverse = torch.where(gain.abs() > 1e-6, 1 / gain, torch.zeros_like(gain))
    return folded * inverse[:, None, None, None]
