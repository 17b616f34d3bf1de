"""Flat trees say what the fitted ones say."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from factory_perception.faults.trees import softmax
from factory_perception.training.fault_trees import fit_trees, flatten


@pytest.mark.parametrize('seen', [(0, 1, 2, 3), (0, 2), (0, 1, 3)])
def test_probabilities_are_those_of_the_learner(seen):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 5)).astype(np.float32)
    classes = np.array(seen)[
        np.digitize(rows[:, 0] + rows[:, 3], [-0.5, 0.3, 1.0][: len(seen) - 1])
    ]
    learner = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=6).fit(rows, classes)
    found = softmax(flatten(learner, 4).scores(rows))
    assert np.allclose(found[:, list(seen)], learner.predict_proba(rows), atol=1e-5)
    rest = [kind for kind in range(4) if kind not in seen]
    assert (found[:, rest] < 1e-9).all()  # what was never seen is never said


def test_what_can_be_told_apart_is_told_apart():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(900, 3)).astype(np.float32)
    classes = np.where(rows[:, 1] > 1.2, 2, (rows[:, 0] > 0).astype(np.int64))
    trees = fit_trees(rows, classes, 3, rounds=10, least_rows=5)
    assert (trees.scores(rows).argmax(axis=1) == classes).mean() > 0.97
