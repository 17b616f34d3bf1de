"""Average precision on cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.detections import Detections


def boxes(*rows):
    """Give detections from (left, top, right, bottom, class, score) rows."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(table[:, :4].copy(), table[:, 5].copy(), table[:, 4].astype(np.int32))


TRUTH = [boxes((0, 0, 10, 10, 0, 1), (50, 50, 90, 90, 1, 1)), boxes((20, 20, 40, 40, 0, 1))]


def test_perfect():
    result = average_precision(TRUTH, TRUTH, ['a', 'b'])
    assert result['map'] == result['map50'] == pytest.approx(1)
    assert result['ap50_per_class'] == pytest.approx({'a': 1, 'b': 1})


def test_nothing_found():
    result = average_precision(TRUTH, [Detections.empty()] * 2, ['a', 'b'])
    assert result['map50'] == 0


def test_half_of_one_class_and_a_wrong_class():
    found = [boxes((0, 0, 10, 10, 0, 0.9), (50, 50, 90, 90, 0, 0.8)), Detections.empty()]
    result = average_precision(TRUTH, found, ['a', 'b'])
    # Recall of "a" reaches 1/2 at precision 1; 51 of COCO's 101 recall points are at or below 0.5.
    assert result['ap50_per_class']['a'] == pytest.approx(51 / 101)
    assert result['ap50_per_class']['b'] == 0
    assert result['map50'] == pytest.approx(51 / 202)


def test_a_loose_box_counts_at_low_overlap_only():
    found = [boxes((0, 0, 10, 7, 0, 0.9)), boxes((20, 20, 40, 40, 0, 0.8))]
    result = average_precision(TRUTH, found, ['a'])
    assert result['ap50_per_class']['a'] == pytest.approx(1)
    assert result['map75'] < 1


def test_classes_without_boxes_are_left_out_of_the_mean():
    result = average_precision(TRUTH, TRUTH, ['a', 'b', 'c'])
    assert result['map50'] == pytest.approx(1)
    assert result['ap50_per_class']['c'] is None
    assert result['map_large'] is None


def test_different_numbers_of_pictures():
    with pytest.raises(ValueError, match='2 pictures with truth, 1 with'):
        average_precision(TRUTH, TRUTH[:1], ['a'])
