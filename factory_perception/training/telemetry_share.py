"""How much the network may say beside the forest, kind by kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.faults.telemetry import Array
from factory_perception.faults.telemetry_model import mixed
from factory_perception.training.telemetry_learned import Opinions
from factory_perception.training.telemetry_rows import average_precision
from factory_perception.training.telemetry_task import Task

#: Shares to try; of equal ones the smallest is taken.
_TRIED = np.linspace(0.0, 1.0, 11)


def fit_share(said: Opinions, task: Task) -> Array:
    """Choose the network's share ``(K,)`` of each kind: the one of the best average precision.

    A network that tells nothing of a kind which the forest does not know gets none of it.
    """
    classes = task.classes(said.runs)
    trees, network = (_rows(part) for part in (said.trees, said.network))
    precision = [
        [
            average_precision(classes == kind + 1, one)
            for kind, one in enumerate(mixed(trees, network, share).T)
        ]
        for share in _TRIED
    ]
    best: Array = _TRIED[np.nan_to_num(precision).argmax(axis=0)]
    return best


def mixed_scores(said: Opinions, share: Array) -> list[Array]:
    """Give the scores ``(T, P, K)`` of every recording."""
    return [mixed(trees, network, share) for trees, network in zip(said.trees, said.network)]


def _rows(parts: Sequence[Array]) -> Array:
    return np.concatenate([part.reshape(-1, part.shape[-1]) for part in parts])
