"""Suppression of doubles, against a plain loop over pairs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np

from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.nms import keep_best


def by_hand(boxes, scores, classes, threshold, limit):
    """Do it the slow way: walk down the scores, drop what overlaps something kept."""
    kept = []
    for index in sorted(range(len(scores)), key=lambda i: (-scores[i], i)):
        overlaps = any(
            classes[index] == classes[other]
            and iou_matrix(boxes[index : index + 1], boxes[other : other + 1])[0, 0] > threshold
            for other in kept
        )
        if not overlaps and len(kept) < limit:
            kept.append(index)
    return kept


@given(st.integers(0, 25), st.integers(0, 2**31), st.floats(0.1, 0.9), st.integers(1, 12))
@settings(max_examples=200, deadline=None)
def test_equals_the_plain_loop(count, seed, threshold, limit):
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 50, (count, 2))
    boxes = np.hstack([corners, corners + rng.uniform(0, 40, (count, 2))]).astype(np.float32)
    scores = rng.choice([0.2, 0.5, 0.5, 0.9], count).astype(np.float32)
    classes = rng.integers(0, 2, count).astype(np.int32)
    kept = keep_best(boxes, scores, classes, threshold, limit)
    assert kept.tolist() == by_hand(boxes, scores, classes, threshold, limit)


def test_iou_of_known_boxes():
    first = np.array([[0, 0, 10, 10], [0, 0, 0, 0]], np.float32)
    second = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [0, 0, 0, 0]], np.float32)
    assert np.allclose(iou_matrix(first, second), [[1, 1 / 3, 0, 0], [0, 0, 0, 0]])
