"""Boxes of label files: units, cutting, and what is wrong."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.box_labels import box_labels
from factory_perception.training.datasets.problems import DatasetError


def test_shares_become_pixels():
    labels = box_labels('a.txt', [((0.25, 0.5, 0.75, 1.0), 2, 4)], relative=True)
    found = labels.detections((200, 100))
    assert found.boxes_xyxy.tolist() == [[50, 50, 150, 100]]
    assert found.class_ids.tolist() == [2] and found.scores.tolist() == [1]
    assert len(box_labels('a.txt', []).detections((9, 9))) == 0


def test_a_little_outside_is_cut_with_a_note():
    labels = box_labels('a.txt', [((-1, 0, 201.5, 50), 0, 1), ((0, 0, 200, 100), 0, 2)])
    [problem] = labels.outside((200, 100))
    assert (problem.kind, problem.severity, problem.line) == ('box-cut', 'note', 1)
    assert labels.detections((200, 100)).boxes_xyxy.tolist() == [[0, 0, 200, 50], [0, 0, 200, 100]]


@pytest.mark.parametrize('box', [(-3, 0, 9, 9), (190, 90, 203, 99), (300, 0, 400, 9)])
def test_far_outside_is_an_error(box):
    labels = box_labels('a.txt', [(box, 0, 3)])
    with pytest.raises(DatasetError, match=r'^a.txt line 3: the box .* sticks out of the picture'):
        labels.detections((200, 100))


@pytest.mark.parametrize('box', [(5, 5, 5, 9), (5, 5, 9, 5), (9, 5, 5, 9)])
def test_no_width_or_height(box):
    with pytest.raises(DatasetError, match=r'a.json: annotation 8: a box without width or height'):
        box_labels('a.json', [(box, 0, 'annotation 8')])
