"""Fit boosted trees and lay them out as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.trees import Trees

#: Settings of the ensemble; small, because every node is walked on every frame.
ROUNDS, LEAVES, LEAST_ROWS, RATE = 40, 20, 40, 0.15


def fit_trees(
    rows: NDArray[np.float32],
    classes: NDArray[np.int64],
    count: int,
    seed: int = 0,
    rounds: int = ROUNDS,
    least_rows: int = LEAST_ROWS,
) -> Trees:
    """Fit trees that tell ``count`` classes apart; rare classes count more.

    Args:
        rows: ``(N, F)``.
        classes: ``(N,)``, 0 to ``count - 1``; each should be there.
        count: number of classes.
        seed: of the fit.
        rounds: trees a class.
        least_rows: rows a leaf.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    weights = np.bincount(classes, minlength=count).astype(float)
    weights = np.sqrt(len(classes) / count / np.maximum(weights, 1.0))
    learner = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=least_rows,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    learner.fit(rows, classes, sample_weight=weights[classes])
    return flatten(learner, count)


def flatten(learner: Any, count: int) -> Trees:
    """Lay out a fitted ``HistGradientBoostingClassifier``; classes it never saw stay impossible."""
    seen = [int(number) for number in learner.classes_]
    base = np.full(count, -30.0, np.float32)
    baseline = np.ravel(learner._baseline_prediction)
    two = len(seen) == 2  # one tree tells two classes apart
    base[seen] = [0.0, baseline[0]] if two else baseline
    parts: list[Any] = []
    roots, columns, start = [], [], 0
    for round_ in learner._predictors:
        for place, predictor in enumerate(round_):
            nodes = predictor.nodes
            parts.append((nodes, start))
            roots.append(start)
            columns.append(seen[1] if two else seen[place])
            start += len(nodes)
    return Trees(
        _joined(parts, lambda n, s: np.where(n['is_leaf'], -1, n['feature_idx']), np.int32),
        _joined(parts, lambda n, s: n['num_threshold'], np.float32),
        _joined(parts, lambda n, s: n['left'] + s, np.int32),
        _joined(parts, lambda n, s: n['right'] + s, np.int32),
        _joined(parts, lambda n, s: n['value'], np.float32),
        np.array(roots, np.int32),
        np.array(columns, np.int32),
        base,
    )


def _joined(parts: Sequence[Any], column: Any, dtype: type) -> NDArray[Any]:
    return np.concatenate([np.asarray(column(nodes, start), dtype) for nodes, start in parts])
