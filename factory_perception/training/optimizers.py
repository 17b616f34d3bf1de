"""Optimizers and the learning rate over a run."""

from __future__ import annotations

from collections.abc import Iterable
import math

import torch
from torch import nn
from torch.optim import Optimizer

from factory_perception.training.settings import FitSettings

#: A usual highest rate for each optimizer.
RATES = {
    'sgd': 0.05,
    'momentum': 0.01,
    'nesterov': 0.01,
    'adagrad': 0.01,
    'rmsprop': 1e-3,
    'adam': 3e-3,
    'adamw': 3e-3,
}
#: The cosine ends at this share of the highest rate.
LAST_RATE = 0.05
_MOMENTUM = 0.9


def make_optimizer(network: nn.Module, how: FitSettings) -> Optimizer:
    """Make the optimizer; normalisation and biases are kept out of weight decay."""
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {'params': [p for p in trained if p.ndim > 1], 'weight_decay': how.weight_decay},
        {'params': [p for p in trained if p.ndim <= 1], 'weight_decay': 0.0},
    ]
    rate = highest_rate(how)
    if how.optimizer in ('sgd', 'momentum', 'nesterov'):
        momentum = 0.0 if how.optimizer == 'sgd' else _MOMENTUM
        nesterov = how.optimizer == 'nesterov'
        return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=nesterov)
    if how.optimizer == 'adagrad':
        return torch.optim.Adagrad(groups, lr=rate)
    if how.optimizer == 'rmsprop':
        return torch.optim.RMSprop(groups, lr=rate)
    kind = torch.optim.Adam if how.optimizer == 'adam' else torch.optim.AdamW
    return kind(groups, lr=rate)


def highest_rate(how: FitSettings) -> float:
    """Give the highest learning rate of a run."""
    return how.learning_rate or RATES[how.optimizer]


def learning_rate(progress: float, how: FitSettings) -> float:
    """Give the rate at a point of the run, 0 to 1: a straight climb, then half a cosine."""
    top = highest_rate(how)
    if progress < how.warm_up:
        return top * max(progress / how.warm_up, 1e-3)
    if how.schedule == 'constant':
        return top
    rest = (progress - how.warm_up) / max(1 - how.warm_up, 1e-9)
    return top * (LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * min(rest, 1.0))) / 2)


def l1_penalty(parameters: Iterable[nn.Parameter]) -> torch.Tensor:
    """Give the sum of the absolute weights, without normalisation and biases."""
    return torch.stack([p.abs().sum() for p in parameters if p.ndim > 1]).sum()
