"""Put the answers of trees and network together, on runs that neither had learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
import torch

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
    """Fit weights and biases by logistic regression with a small penalty.

    Every row counts by how many rows it stands for, so that probabilities are those of the data.

    Args:
        trees: probabilities ``(N, K + 1)`` of the trees.
        network: the same of the network.
        classes: ``(N,)``, none negative.
        seed: of the draw.
    """
    chosen, weight = _draw(classes, seed)
    first, second = (
        torch.from_numpy(np.log(part[chosen] + _TINY)).double() for part in (trees, network)
    )
    truth, heavy = torch.from_numpy(classes[chosen]), torch.from_numpy(weight)
    weights = torch.full((2,), 0.5, dtype=torch.double, requires_grad=True)
    bias = torch.zeros(trees.shape[1], dtype=torch.double, requires_grad=True)
    learner = torch.optim.LBFGS([weights, bias], max_iter=60, line_search_fn='strong_wolfe')

    def closure() -> torch.Tensor:
        learner.zero_grad()
        scores = weights[0] * first + weights[1] * second + bias
        loss = (torch.nn.functional.cross_entropy(scores, truth, reduction='none') * heavy).mean()
        loss = loss + 1e-3 * (bias * bias).mean() + 1e-3 * (weights * weights).sum()
        loss.backward()
        return loss

    learner.step(closure)
    return Stack(weights.detach().numpy().clip(0.0, None), bias.detach().numpy())


def _draw(classes: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    chosen, weight = [], []
    for kind in np.unique(classes):
        mine = np.flatnonzero(classes == kind)
        kept = rng.permutation(mine)[:MOST_ROWS]
        chosen.append(kept)
        weight.append(np.full(len(kept), len(mine) / len(kept)))
    return np.concatenate(chosen), np.concatenate(weight)
