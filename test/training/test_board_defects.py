"""What is painted into boards is what its name says."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from factory_perception.training import board_shapes
from factory_perception.training.board_classes import require_board_classes
from factory_perception.training.board_defects import paint_board_defects
from factory_perception.training.board_shapes import KINDS, TAKEN
from factory_perception.training.data import Example
from factory_perception.training.setting_tree import SettingsError
from factory_perception.vision.detections import Detections

CLASSES = ('open', 'short', 'mousebite', 'spur', 'copper', 'pin-hole')


def board() -> Example:
    """Wide and thin tracks and a pad, dark on bright, without defects."""
    image = np.full((320, 320, 3), 255, np.uint8)
    for left, width in ((30, 12), (70, 30), (130, 8)):
        image[:, left : left + width] = 0
    image[60:160, 190:290] = 0
    return Example(image, Detections.empty(), template_bgr=image.copy())


def parts(mask) -> int:
    """Count parts, as current flows: over edges, not over corners."""
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1


def painted(count: int):
    """Give kind, picture with one defect, and its box."""
    for seed in range(count):
        example = paint_board_defects(board(), CLASSES, np.random.default_rng(seed))
        if len(example.boxes) == 1:
            yield CLASSES[example.boxes.class_ids[0]], example, example.boxes.boxes_xyxy[0]


@pytest.mark.parametrize('scribbled', [0.0, 1.0])
def test_every_kind_does_to_the_copper_what_its_name_says(monkeypatch, scribbled):
    monkeypatch.setattr(board_shapes, '_SCRIBBLED', scribbled)
    before = board().image_bgr[..., 0] < 128
    seen = set()
    for kind, example, _ in painted(400):
        after = example.image_bgr[..., 0] < 128
        gone, new = before & ~after, after & ~before
        assert (gone.any(), new.any()) == ((True, False) if kind in TAKEN else (False, True))
        more = parts(after) - parts(before)
        if kind == 'open':
            assert more >= 1
        elif kind == 'short':
            assert more <= -1
        elif kind == 'copper':
            assert (
                more >= 1 and not (cv2.dilate(new.astype(np.uint8), np.ones((3, 3))) & before).any()
            )
        elif kind == 'pin-hole':
            assert parts(~after) > parts(~before)
        seen.add(kind)
    assert seen == set(KINDS)


def test_boxes_hold_what_was_changed_with_room_around_it():
    before = board().image_bgr
    for _, example, (left, top, right, bottom) in painted(100):
        rows, columns = np.nonzero((example.image_bgr != before).any(2))
        assert left <= columns.min() and columns.max() < right
        assert top <= rows.min() and rows.max() < bottom
        assert (right - left) * (bottom - top) < 120 * 120


def test_what_is_there_already_and_the_template_stay():
    example = board()
    box = np.array([[60, 0, 110, 320]], np.float32)
    known = Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32))
    for seed in range(20):
        changed = paint_board_defects(
            replace(example, boxes=known), CLASSES, np.random.default_rng(seed)
        )
        assert np.array_equal(changed.image_bgr[:, 60:110], example.image_bgr[:, 60:110])
        assert changed.boxes.boxes_xyxy[0].tolist() == box[0].tolist()
        assert np.array_equal(changed.template_bgr, example.template_bgr)


@pytest.mark.parametrize('level', [0, 255])
def test_a_board_of_copper_or_of_nothing_gets_what_fits(level):
    blank = Example(np.full((96, 96, 3), level, np.uint8), Detections.empty())
    kinds = set()
    for seed in range(40):
        changed = paint_board_defects(blank, CLASSES, np.random.default_rng(seed))
        kinds |= {CLASSES[index] for index in changed.boxes.class_ids}
    assert kinds == ({'pin-hole'} if level == 0 else {'copper'})


def test_classes_must_be_those_of_boards():
    require_board_classes((*CLASSES, 'stain'))
    with pytest.raises(SettingsError, match='does not know short, spur'):
        require_board_classes(('open', 'mousebite', 'copper', 'pin-hole'))


class DryBrush(np.random.Generator):
    """Draws as others do, but its brush leaves no pixel behind."""

    def random(self, size=None):
        return super().random() * 0.29 if size is None else np.full(size, 0.99)


@pytest.mark.parametrize('seed', range(5))
def test_a_brush_that_would_leave_nothing_paints_the_whole_shape(seed):
    example = paint_board_defects(board(), CLASSES, DryBrush(np.random.PCG64(seed)))
    for left, top, right, bottom in example.boxes.boxes_xyxy.astype(int):
        inside = np.s_[top:bottom, left:right]
        assert (example.image_bgr[inside] != board().image_bgr[inside]).any()
