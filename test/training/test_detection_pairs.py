"""Boxes are paired by place; what they are called only decides between equals."""

from __future__ import annotations

import numpy as np

from factory_perception.training.detection_pairs import detection_confusion, pair_boxes
from factory_perception.vision.detections import Detections


def boxes(*rows):
    """Make detections of (left, top, size, class, score)."""
    edges = [[x, y, x + size, y + size] for x, y, size, *_ in rows]
    return Detections(
        np.array(edges, np.float32).reshape(-1, 4),
        np.array([row[4] for row in rows], np.float32),
        np.array([row[3] for row in rows], np.int32),
    )


TRUE = boxes((0, 0, 10, 0, 1), (50, 0, 10, 1, 1))


def test_pairs_by_place_whatever_the_class():
    seen = boxes((1, 0, 10, 1, 0.9), (50, 0, 10, 1, 0.8), (100, 0, 10, 0, 0.7))
    assert pair_boxes(TRUE, seen).tolist() == [0, 1, -1]


def test_each_true_box_is_paired_once_with_the_surest():
    seen = boxes((2, 0, 10, 0, 0.5), (0, 0, 10, 0, 0.9))
    assert pair_boxes(TRUE, seen).tolist() == [-1, 0]


def test_the_class_decides_between_boxes_in_the_same_place():
    both = boxes((0, 0, 10, 0, 1), (1, 0, 10, 1, 1))
    assert pair_boxes(both, boxes((0, 0, 10, 1, 0.9))).tolist() == [1]


def test_confusion_counts_every_box_once():
    seen = boxes((0, 0, 10, 1, 0.9), (100, 0, 10, 0, 0.7))
    counts = detection_confusion([TRUE, TRUE], [seen, Detections.empty()], 2)
    assert counts.tolist() == [[0, 1, 1], [0, 0, 2], [1, 0, 0]]
    empty = detection_confusion([Detections.empty()], [Detections.empty()], 2)
    assert not empty.any()
