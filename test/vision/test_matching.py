"""Matching and weighted AP, held against pycocotools and against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.detections import Detections
from factory_perception.vision.matching import (
    best_threshold,
    match,
    operating_point,
    weighted_ap,
)


def random_pictures(seed, count=20):
    rng = np.random.default_rng(seed)
    truths, found = [], []
    for _ in range(count):
        boxes = rng.uniform(0, 80, (rng.integers(0, 6), 2))
        boxes = np.hstack([boxes, boxes + rng.uniform(8, 30, boxes.shape)]).astype(np.float32)
        classes = rng.integers(0, 3, len(boxes)).astype(np.int32)
        truths.append(Detections(boxes, np.ones(len(boxes), np.float32), classes))
        seen = boxes[rng.random(len(boxes)) < 0.8]
        kinds = classes[: len(seen)]
        seen = seen + rng.normal(0, 2, seen.shape).astype(np.float32)
        extra = np.array([[1, 1, 20, 20]], np.float32)
        seen = np.vstack([seen, extra]).astype(np.float32)
        kinds = np.append(kinds, 1).astype(np.int32)
        found.append(Detections(seen, rng.random(len(seen)).astype(np.float32), kinds))
    return truths, found


@pytest.mark.parametrize('seed', range(6))
def test_equals_pycocotools(seed):
    truths, found = random_pictures(seed)
    expected = average_precision(truths, found, ['a', 'b', 'c'])
    ours = weighted_ap(match(truths, found, 3))
    assert np.allclose(ours, list(expected['ap50_per_class'].values()), atol=2e-3)
    assert np.nanmean(ours) == pytest.approx(expected['map50'], abs=2e-3)


def test_weights_count_pictures():
    truths, found = random_pictures(3, 8)
    weights = np.array([2, 0, 1, 1, 0, 3, 1, 0.0])
    repeated = np.repeat(np.arange(8), weights.astype(int))
    again = match([truths[i] for i in repeated], [found[i] for i in repeated], 3)
    assert np.allclose(
        weighted_ap(match(truths, found, 3), weights), weighted_ap(again), equal_nan=True
    )


def test_a_class_that_is_nowhere_is_nan():
    truths, found = random_pictures(0, 4)
    assert np.isnan(weighted_ap(match(truths, found, 5))[4])


def test_operating_point_counts():
    box = np.array([[0, 0, 10, 10]], np.float32)
    one = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32))
    found = Detections(
        np.array([[0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]], np.float32),
        np.array([0.9, 0.8, 0.4], np.float32), np.zeros(3, np.int32),
    )  # fmt: skip
    matches = match([one, one], [found, Detections.empty()], 1)
    point = operating_point(matches, 0.5)
    assert (point.right, point.wrong, point.missed) == (1, 1, 1)
    assert point.f1 == pytest.approx(0.5)
    assert best_threshold(matches) == pytest.approx(0.9)
