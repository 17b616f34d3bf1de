"""Trees from flat arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.faults.trees import softmax, Trees, TreesError, unpack_trees


def _stump(threshold=0.5):
    """One tree: the second class gains 2 where feature 1 is above the threshold."""
    return Trees(
        np.array([1, -1, -1], np.int32),
        np.array([threshold, 0, 0], np.float32),
        np.array([1, 0, 0], np.int32),
        np.array([2, 0, 0], np.int32),
        np.array([0, -2, 2], np.float32),
        np.array([0], np.int32),
        np.array([1], np.int32),
        np.zeros(2, np.float32),
    )


def test_rows_go_left_up_to_the_threshold():
    scores = _stump().scores(np.array([[9, 0.5], [9, 0.6]], np.float32))
    assert scores.tolist() == [[0, -2], [0, 2]]
    assert softmax(scores).sum(axis=1) == pytest.approx([1, 1])


def _grown(rng, roots, features, classes):
    """Trees of unlike depth; some are a single leaf."""
    nodes, begun = [], []
    for _ in range(roots):
        begun.append(len(nodes))
        nodes.append([-1, 0.0, 0, 0, rng.normal()])
        for _ in range(rng.integers(0, 9)):
            leaf = int(rng.choice([k for k in range(begun[-1], len(nodes)) if nodes[k][0] < 0]))
            count = len(nodes)
            nodes[leaf] = [int(rng.integers(features)), rng.normal(), count, count + 1, 0.0]
            nodes += [[-1, 0.0, 0, 0, rng.normal()] for _ in range(2)]
    types = (np.int32, np.float32, np.int32, np.int32, np.float32)
    columns = [np.array(column, kind) for column, kind in zip(zip(*nodes), types)]
    mine = rng.integers(0, classes, roots).astype(np.int32)
    return Trees(*columns, np.array(begun, np.int32), mine, np.zeros(classes, np.float32))


def _by_hand(trees, row):
    sums = trees.base.astype(float)
    for place, column in zip(trees.roots, trees.columns):
        while trees.feature[place] >= 0:
            left = row[trees.feature[place]] <= trees.threshold[place]
            place = (trees.left if left else trees.right)[place]
        sums[column] += trees.value[place]
    return sums


@pytest.mark.parametrize('count', [0, 1, 6, 200])
def test_many_rows_and_trees_are_walked_as_one_by_one(count):
    """Rows with values that are missing too: they go right."""
    rng = np.random.default_rng(3)
    trees = _grown(rng, 30, 5, 4)
    rows = rng.normal(size=(count, 5)).astype(np.float32)
    rows[::3, 2] = np.nan
    wanted = np.array([_by_hand(trees, row) for row in rows]).reshape(count, 4)
    np.testing.assert_allclose(trees.scores(rows), wanted, atol=1e-5)


def test_packed_and_read_again():
    read = unpack_trees(_stump().pack(), 'trees.npz', 2)
    assert read.scores(np.ones((1, 2), np.float32)).tolist() == [[0, 2]]


@pytest.mark.parametrize(
    'broken',
    [
        {'left': np.array([0, 0, 0], np.int32)},  # a walk that never ends
        {'right': np.array([7, 0, 0], np.int32)},
        {'feature': np.array([2, -1, -1], np.int32)},
        {'roots': np.array([-4], np.int32)},
        {'columns': np.array([3], np.int32)},
    ],
)
def test_trees_that_do_not_end_or_look_elsewhere_are_refused(broken):
    with pytest.raises(TreesError, match='broken'):
        unpack_trees(replace(_stump(), **broken).pack(), 'trees.npz', 2)


def test_what_is_no_file_of_trees_is_refused():
    with pytest.raises(TreesError, match='publish the model again'):
        unpack_trees(b'', 'trees.npz', 2)
