"""Pictures pasted together and objects copied over, templates too."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.data import Example
from factory_perception.training.mixing import faultless, MAX_COVER, mosaic, paste
from factory_perception.training.setting_tree import SettingsError
from factory_perception.vision.boxes import iou_matrix
from factory_perception.vision.detections import Detections
from test.training.shapes import Shapes


def board(grey: int, corner: int, template: bool = True) -> Example:
    """A grey board with one light square, which its template lacks."""
    image = np.full((96, 128, 3), grey, np.uint8)
    image[corner : corner + 12, corner : corner + 12] = 250
    clean = np.full_like(image, grey) if template else None
    box = np.array([[corner, corner, corner + 12, corner + 12]], np.float32)
    boxes = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32))
    return Example(image, boxes, template_bgr=clean)


def lit(image, box):
    left, top, right, bottom = box.astype(int)
    return image[top:bottom, left:right]


def test_copied_objects_lie_where_their_boxes_say():
    rng = np.random.default_rng(0)
    for seed in range(10):
        mixed = paste(board(20, 10), board(90, 40 + seed), rng)
        assert len(mixed.boxes) == 2
        assert all((lit(mixed.image_bgr, box) == 250).all() for box in mixed.boxes.boxes_xyxy)
        below = lit(mixed.template_bgr, mixed.boxes.boxes_xyxy[1])
        assert (below == 90).all()  # the faultless board of the source
        assert iou_matrix(*mixed.boxes.boxes_xyxy[:, None]).max() <= MAX_COVER


def test_pasting_leaves_its_source_alone():
    target = board(20, 10)
    before = target.image_bgr.copy()
    paste(target, board(90, 40), np.random.default_rng(0))
    assert np.array_equal(target.image_bgr, before)


def test_four_pictures_in_one():
    rng = np.random.default_rng(3)
    others = iter([board(60, 5), board(120, 5), board(180, 5)])
    mixed = mosaic(board(20, 5), lambda: next(others), rng)
    greys = [mixed.template_bgr[row, column, 0] for row in (0, -1) for column in (0, -1)]
    assert greys == [20, 60, 120, 180]
    for box in mixed.boxes.boxes_xyxy:
        assert (lit(mixed.image_bgr, box) == 250).all()


def test_a_template_in_place_of_the_picture_has_no_box():
    example = faultless(board(20, 10))
    assert not len(example.boxes) and (example.image_bgr == 20).all()
    with pytest.raises(SettingsError, match='has no templates'):
        faultless(board(20, 10, template=False))


def test_pictures_without_templates_stay_without():
    rng = np.random.default_rng(1)
    shapes = Shapes(8)
    mixed = mosaic(shapes.read(0), lambda: shapes.read(1), rng)
    assert mixed.template_bgr is None
    assert paste(mixed, shapes.read(2), rng).template_bgr is None
