"""Data in the classes of a model: mapped by name, numbers by place, what is unknown refused."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.class_order import in_order
from factory_perception.training.data import Example
from factory_perception.training.setting_tree import SettingsError
from factory_perception.vision.detections import Detections

MODEL = ('chip', 'scratch', 'missing_hole')


class Labelled:
    """One picture with an object of every class, by boxes, class and mask."""

    task, origin, sha256 = 'detect', 'some pictures', '1' * 64

    def __init__(self, *classes):
        self.classes = classes

    def __len__(self):
        return 1

    def name(self, index):
        return 'a.png'

    def read(self, index):
        count = len(self.classes)
        ids = np.arange(count, dtype=np.int32)
        boxes = Detections(np.ones((count, 4), np.float32), np.ones(count, np.float32), ids)
        mask = np.array([[*ids, 255]], np.uint8)
        return Example(np.zeros((4, 4, 3), np.uint8), boxes, count - 1, mask)


@pytest.mark.parametrize('classes, ids, words', [
    (('scratch', 'missing_hole', 'chip'), [1, 2, 0], 'scratch is 1, missing_hole is 2, chip is 0'),
    (('Missing-Hole', 'scratch'), [2, 1],
     'Missing-Hole is 2 (missing_hole), scratch is 1; the data have none of chip'),
    (('class 0', 'class 1'), [0, 1],
     'class 0 is 0 (chip), class 1 is 1 (scratch); the data have none of missing_hole'),
    (('1', '2', '3'), [0, 1, 2], '1 is 0 (chip), 2 is 1 (scratch), 3 is 2 (missing_hole)'),
    (('0', '2'), [0, 2], '0 is 0 (chip), 2 is 2 (missing_hole)'),
])  # fmt: skip
def test_mapped_and_told(classes, ids, words):
    data, said = in_order(Labelled(*classes), MODEL, 'parts@1')
    example = data.read(0)
    assert data.classes == MODEL and said.startswith(f'classes are those of the model: {words}')
    assert example.boxes.class_ids.tolist() == ids and example.boxes.class_ids.dtype == np.int32
    assert example.label == ids[-1]
    assert example.mask.tolist() == [[*ids, 255]]
    assert (len(data), data.name(0), data.sha256) == (1, 'a.png', '1' * 64)


def test_the_same_classes_need_nothing():
    data = Labelled(*MODEL)
    assert in_order(data, MODEL, 'parts@1') == (data, '')


@pytest.mark.parametrize('classes, message', [
    (('chip', 'dent', 'rust'), 'has the classes dent, rust, which parts@1 does not know'),
    (('0', '3'), 'has the classes 3, which'),
    (('1', '2'), 'has the classes 1, 2, which'),  # counted from 0 or from 1?
    (('chip', 'Chip'), 'two names for one class'),
])  # fmt: skip
def test_what_the_model_does_not_know_is_refused(classes, message):
    with pytest.raises(SettingsError, match=message):
        in_order(Labelled(*classes), MODEL, 'parts@1')


def test_classes_that_are_numbers_are_names():
    data, _ = in_order(Labelled('7', '3'), ('3', '7'), 'digits@1')
    assert data.read(0).boxes.class_ids.tolist() == [1, 0]
