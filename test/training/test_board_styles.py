"""Boards laid out otherwise keep their lines whole; negatives turn every defect into its other."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from factory_perception.training import board_styles
from factory_perception.training.board_negatives import negative_of_board
from factory_perception.training.board_styles import restyle_board
from factory_perception.training.data import Example
from factory_perception.vision.detections import Detections

CLASSES = ('open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole')


def board() -> Example:
    """Lines of several widths, of copper and between copper, without defects."""
    image = np.full((320, 320, 3), 255, np.uint8)
    for left, width in ((30, 12), (70, 30), (115, 10), (135, 9)):
        image[20:300, left : left + width] = 0
    image[60:260, 190:290] = 0
    image[150:164, 190:290] = 255
    return Example(image, Detections.empty(), template_bgr=image.copy())


def parts(mask) -> int:
    """Count parts, as current flows: over edges, not over corners."""
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1


def restyled(example: Example, count: int = 40):
    """Give the same board in many styles."""
    return [restyle_board(example, np.random.default_rng(seed)) for seed in range(count)]


def test_lines_are_narrower_in_places_and_nothing_ends_or_meets(monkeypatch):
    monkeypatch.setattr(board_styles, '_LINES', 0)
    example = replace(board(), template_bgr=None)
    copper = example.image_bgr[..., 0] < 128
    gone = new = 0
    for changed in restyled(example):
        after = changed.image_bgr[..., 0] < 128
        assert (parts(after), parts(~after)) == (parts(copper), parts(~copper))
        assert changed.boxes is example.boxes and changed.template_bgr is None
        gone += (copper & ~after).sum()
        new += (after & ~copper).sum()
    assert gone > 1000 and new > 1000


def test_lines_are_added_from_edge_to_edge_and_are_straight(monkeypatch):
    monkeypatch.setattr(board_styles, '_narrow', lambda *_: None)
    image = np.full((320, 320, 3), 255, np.uint8)
    image[:, 100:220] = 0
    example, seen = Example(image, Detections.empty()), set()
    for changed in restyled(example):
        copper = changed.image_bgr[..., 0] < 128
        rows, columns = np.nonzero(~copper & (image[..., 0] < 128))
        seen |= {('cut', parts(copper)), ('joined', parts(~copper))}
        if len(rows) and parts(copper) == 2:
            assert columns.min() == 100 and columns.max() == 219
    assert {('cut', 1), ('cut', 2), ('joined', 1), ('joined', 2), ('joined', 3)} <= seen


def test_added_lines_are_as_wide_as_drawn():
    copper = np.zeros((320, 320), np.uint8)
    copper[:, 100:220] = 1
    depth, widths = cv2.distanceTransform(copper, cv2.DIST_L2, 3), set()
    for seed in range(300):
        window = board_styles._line_from((160, 100), depth, np.random.default_rng(seed))
        if window is not None:  # not up or down along the edge
            rows, columns = window
            assert (columns.start, columns.stop) == (100, 220) and rows.start <= 160 < rows.stop
            widths.add(rows.stop - rows.start)
    assert widths == set(range(3, 14))


def test_a_template_shows_the_same_and_shapes_of_defects_too():
    example = board()
    copper = example.image_bgr[..., 0] < 128
    cut_or_joined = 0
    for changed in restyled(example):
        assert np.array_equal(changed.image_bgr, changed.template_bgr)
        assert not len(changed.boxes)
        cut_or_joined += parts(changed.image_bgr[..., 0] < 128) != parts(copper)
    assert cut_or_joined > 20


def test_a_real_defect_stays_a_difference():
    example = board()
    example.image_bgr[100:104, 70:100] = 255
    box = np.array([[60, 90, 110, 114]], np.float32)
    example = replace(example, boxes=Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32)))
    for changed in restyled(example, 20):
        differs = (changed.image_bgr != changed.template_bgr).any(-1)
        assert differs[100:104, 70:100].all() and differs.sum() == 4 * 30
        assert changed.boxes is example.boxes


def test_a_blank_picture_has_no_lines():
    blank = Example(np.full((96, 96, 3), 255, np.uint8), Detections.empty())
    for changed in restyled(blank, 5):
        assert np.array_equal(changed.image_bgr, blank.image_bgr)


def test_a_negative_swaps_copper_and_kinds_and_twice_is_the_same():
    ids = np.arange(6, dtype=np.int32)
    boxes = Detections(np.tile(np.array([[0, 0, 9, 9]], np.float32), (6, 1)), np.ones(6), ids)
    example = replace(board(), boxes=boxes)
    negative = negative_of_board(example, CLASSES)
    assert np.array_equal(negative.image_bgr, 255 - example.image_bgr)
    assert np.array_equal(negative.template_bgr, 255 - example.template_bgr)
    names = [CLASSES[index] for index in negative.boxes.class_ids]
    assert names == ['short', 'open', 'spur', 'mousebite', 'pin-hole', 'copper']
    again = negative_of_board(negative, CLASSES)
    assert np.array_equal(again.image_bgr, example.image_bgr)
    assert np.array_equal(again.boxes.class_ids, ids)
