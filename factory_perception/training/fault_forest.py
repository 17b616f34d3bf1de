"""Fit a random forest and lay it out as flat arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.forest import Forest

#: Trees, and rows a leaf.
TREES, LEAST_ROWS = 100, 2


def fit_forest(
    rows: NDArray[np.float32], classes: NDArray[np.int64], count: int, seed: int = 0
) -> Forest:
    """Fit scikit-learn's forest on rows ``(M, F)`` of ``count`` classes."""
    from sklearn.ensemble import RandomForestClassifier

    learner = RandomForestClassifier(TREES, min_samples_leaf=LEAST_ROWS, random_state=seed)
    learner.fit(rows, classes)
    trees = [one.tree_ for one in learner.estimators_]
    starts = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    leaf = np.concatenate([tree.children_left < 0 for tree in trees])
    value = np.concatenate([tree.value[:, 0] for tree in trees])
    share = np.zeros((len(leaf), count))
    share[:, learner.classes_] = value / value.sum(axis=1, keepdims=True)

    def moved(column: str) -> NDArray[np.int32]:
        parts = [getattr(tree, column) + start for tree, start in zip(trees, starts)]
        return np.where(leaf, 0, np.concatenate(parts)).astype(np.int32)

    return Forest(
        np.where(leaf, -1, np.concatenate([tree.feature for tree in trees])).astype(np.int16),
        np.concatenate([tree.threshold for tree in trees]).astype(np.float32),
        moved('children_left'),
        moved('children_right'),
        share.astype(np.float16),
        starts.astype(np.int32),
    )
