"""Put the answers of trees and network together, on runs that neither had learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn
from torch.nn import functional

from factory_perception.faults.classifier import Stack

_TINY = 1e-9
#: Most rows are normal and say the same; so many of a class are enough.
MOST_ROWS = 4000


def fit_stack(
    trees: NDArray[np.float64],
    network: NDArray[np.float64],
    classes: NDArray[np.int64],
    seed: int = 0,
) -> Stack:
    """Fit the weights of both and biases.

    Args:
        trees: probabilities ``(N, K + 1)`` of the trees.
        network: the same of the network.
        classes: ``(N,)``, none negative.
        seed: of the draw.
    """
    return Stack(*_regression((trees, network), classes, seed))


def temper(
    head: nn.Linear, answers: NDArray[np.float64], classes: NDArray[np.int64], seed: int = 0
) -> None:
    """Change the last layer of a network so that its probabilities are those of the data.

    It learned from windows of which half hold a fault, so it sees faults too easily.

    Args:
        head: the layer.
        answers: probabilities ``(N, K + 1)`` of the network as it is.
        classes: ``(N,)``, none negative.
        seed: of the draw.
    """
    (weight,), bias = _regression((answers,), classes, seed)
    with torch.no_grad():
        head.weight.mul_(weight)
        head.bias.mul_(weight).add_(torch.from_numpy(bias).to(head.bias))


def _regression(
    parts: Sequence[NDArray[np.float64]], classes: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a weight for the logarithms of each part, and biases, with a small penalty.

    Every row counts by how many rows it stands for, so that probabilities are those of the data.
    """
    chosen, weight = _draw(classes, seed)
    logs = [torch.from_numpy(np.log(part[chosen] + _TINY)).double() for part in parts]
    truth, heavy = torch.from_numpy(classes[chosen]), torch.from_numpy(weight)
    weights = torch.full((len(parts),), 1.0 / len(parts), dtype=torch.double, requires_grad=True)
    bias = torch.zeros(parts[0].shape[1], dtype=torch.double, requires_grad=True)
    learner = torch.optim.LBFGS([weights, bias], max_iter=60, line_search_fn='strong_wolfe')

    def closure() -> torch.Tensor:
        learner.zero_grad()
        scores = sum(one * part for one, part in zip(weights, logs)) + bias
        loss = (functional.cross_entropy(scores, truth, reduction='none') * heavy).mean()
        loss = loss + 1e-3 * (bias * bias).mean() + 1e-3 * (weights * weights).sum()
        loss.backward()
        return loss

    learner.step(closure)
    return weights.detach().numpy().clip(0.0, None), bias.detach().numpy()


def _draw(classes: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    chosen, weight = [], []
    for kind in np.unique(classes):
        mine = np.flatnonzero(classes == kind)
        kept = rng.permutation(mine)[:MOST_ROWS]
        chosen.append(kept)
        weight.append(np.full(len(kept), len(mine) / len(kept)))
    return np.concatenate(chosen), np.concatenate(weight)
