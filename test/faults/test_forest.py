"""Random forests as flat arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.faults.arrays import ArraysError
from factory_perception.faults.forest import Forest, unpack_forest
from factory_perception.training.fault_forest import fit_forest


@pytest.fixture(scope='module')
def rows():
    return np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)


@pytest.fixture(scope='module')
def forest(rows):
    return fit_forest(rows, np.where(rows[:, 0] > 0.3, 2, 0), 3)


def test_it_answers_as_it_was_fitted(rows, forest):
    found = forest.probabilities(rows)
    assert found.sum(axis=1) == pytest.approx(np.ones(len(rows)), abs=2e-3)
    assert (found[:, 1] < 0.01).all() and (found > 0).all()  # never seen, never impossible
    assert ((found.argmax(axis=1) == 2) == (rows[:, 0] > 0.3)).mean() > 0.98


def test_it_is_the_forest_of_scikit_learn(rows):
    from sklearn.ensemble import RandomForestClassifier

    classes = (rows[:, 0] * rows[:, 1] > 0).astype(np.int64)
    ours = fit_forest(rows, classes, 2, seed=3)
    theirs = RandomForestClassifier(len(ours.roots), min_samples_leaf=2, random_state=3)
    expected = theirs.fit(rows, classes).predict_proba(rows)
    assert np.abs(ours.probabilities(rows) - expected).max() < 0.02


def test_there_and_back(forest, rows):
    again = unpack_forest(forest.pack(), 'forest.npz', 3)
    assert isinstance(again, Forest)
    np.testing.assert_array_equal(again.probabilities(rows), forest.probabilities(rows))


@pytest.mark.parametrize('change', [
    lambda f: {'left': np.where(f.feature >= 0, 0, f.left)},  # a walk that never ends
    lambda f: {'right': f.right + len(f.right)},
    lambda f: {'feature': np.full_like(f.feature, 9)},
    lambda f: {'roots': f.roots + len(f.left)},
])  # fmt: skip
def test_broken_forests_are_refused(forest, change):
    with pytest.raises(ArraysError, match='broken'):
        unpack_forest(replace(forest, **change(forest)).pack(), 'forest.npz', 3)


def test_other_arrays_are_no_forest(tmp_path):
    np.savez(tmp_path / 'x.npz', weights=np.zeros(2))
    with pytest.raises(ArraysError, match='no forest'):
        unpack_forest((tmp_path / 'x.npz').read_bytes(), 'forest.npz', 3)
