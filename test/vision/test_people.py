"""People are found and cannot be recognised afterwards; everything else stays as it was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from factory_perception.engines.selection import open_engine
from factory_perception.vision import people
from factory_perception.vision.detector import Detector
from factory_perception.vision.people import blur_boxes, model_finder, opencv_finder, PeopleError
from test.support import publish_blobs


def noise(height: int = 100, width: int = 120) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize('box', [(20, 30, 60, 90), (-10, -10, 30, 40), (100, 80, 500, 500),
                                 (50, 50, 51, 51), (0, 0, 120, 100)])  # fmt: skip
def test_only_the_box_and_a_margin_change(box):
    image = noise()
    blurred = blur_boxes(image, np.array([box], np.float32))
    changed = (blurred != image).any(axis=2)
    left, top, right, bottom = (
        max(box[0], 0), max(box[1], 0), min(box[2], 120), min(box[3], 100)
    )  # fmt: skip
    inside = blurred[top:bottom, left:right].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) <= 49  # a few blocks of colour are left
    margin_x, margin_y = 0.15 * (box[2] - box[0]) + 1, 0.15 * (box[3] - box[1]) + 1
    rows, columns = np.nonzero(changed)
    assert rows.min(initial=99) >= top - margin_y and rows.max(initial=0) <= bottom + margin_y
    assert columns.min(initial=119) >= left - margin_x
    assert columns.max(initial=0) <= right + margin_x


def test_nobody_there_nothing_changes():
    image = noise()
    np.testing.assert_array_equal(blur_boxes(image, np.zeros((0, 4), np.float32)), image)


def test_a_real_face_is_found_and_then_no_longer():
    cbook = pytest.importorskip('matplotlib.cbook', reason='the portrait comes with matplotlib')
    with cbook.get_sample_data('grace_hopper.jpg') as file:
        portrait = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR)
    find = opencv_finder()
    boxes = find(portrait)
    face_xy = (260, 150)
    assert any(b[0] < face_xy[0] < b[2] and b[1] < face_xy[1] < b[3] for b in boxes)
    again = find(blur_boxes(portrait, boxes))
    assert not any(b[0] < face_xy[0] < b[2] and b[1] < face_xy[1] < b[3] for b in again)


def test_a_small_picture_is_no_trouble():
    assert opencv_finder()(noise(20, 20)).shape == (0, 4)


def test_an_opencv_without_finders_is_told(monkeypatch):
    monkeypatch.setattr(people, '_CASCADES', ('nothing.xml',))
    with pytest.raises(PeopleError, match='set people_model to a detection model'):
        opencv_finder()


def test_a_model_finds_its_class_person(store):
    folder = publish_blobs(store, classes=['person'])
    image = np.zeros((64, 64, 3), np.uint8)
    image[8:16, 16:24] = 255
    with_people = model_finder(Detector(folder, open_engine(folder)))
    np.testing.assert_allclose(with_people(image), [[16, 8, 24, 16]], atol=0.1)


def test_a_model_without_people_is_refused(store):
    folder = publish_blobs(store)
    with pytest.raises(PeopleError, match='people_model has no class "person": bright'):
        model_finder(Detector(folder, open_engine(folder)))
