"""Random changes keep pictures and what is known about them together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.training.augmentation import augment, geometry, warp
from factory_perception.training.data import Example
from factory_perception.training.settings import AugmentSettings
from factory_perception.vision.detections import Detections

STILL = AugmentSettings(
    flip_horizontal=0.0, flip_vertical=0.0, zoom_low=1.0, zoom_high=1.0, shift=0.0, light=0.0,
    colour=0.0, noise=0.0, blur=0.0,
)  # fmt: skip


def example(width=128, height=96) -> Example:
    """A white box on black, with mask and template."""
    image = np.zeros((height, width, 3), np.uint8)
    image[20:40, 30:70] = 255
    box = np.array([[30, 20, 70, 40]], np.float32)
    return Example(
        image, Detections(box, np.ones(1, np.float32), np.zeros(1, np.int32)),
        mask=(image[..., 0] > 0).astype(np.uint8), template_bgr=image.copy(),
    )  # fmt: skip


def bright_box(image) -> list[int]:
    rows, columns = np.nonzero(image[..., 0] > 127)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_nothing_asked_nothing_changed():
    changed = augment(example(), (128, 96), STILL, np.random.default_rng(0))
    assert np.array_equal(changed.image_bgr, example().image_bgr)
    assert changed.boxes.boxes_xyxy.tolist() == [[30, 20, 70, 40]]


@pytest.mark.parametrize('seed', range(20))
def test_box_mask_and_template_move_with_the_picture(seed):
    how = AugmentSettings(rotate_deg=0.0, light=0.0, colour=0.0, noise=0.0, blur=0.0, shift=0.05)
    changed = augment(example(), (128, 96), how, np.random.default_rng(seed))
    visible = bright_box(changed.image_bgr)
    assert changed.boxes.boxes_xyxy[0] == pytest.approx(visible, abs=1.01)
    assert np.array_equal(changed.image_bgr, changed.template_bgr)
    inside = (changed.image_bgr[..., 0] > 127) == (changed.mask == 1)
    assert inside.mean() > 0.98


def test_turned_boxes_hold_what_they_held():
    how = AugmentSettings(rotate_deg=40.0, light=0.0, colour=0.0, noise=0.0, blur=0.0, shift=0.0)
    for seed in range(10):
        changed = augment(example(), (128, 96), how, np.random.default_rng(seed))
        if len(changed.boxes):
            left, top, right, bottom = changed.boxes.boxes_xyxy[0]
            found = bright_box(changed.image_bgr)
            assert left <= found[0] + 1 and top <= found[1] + 1
            assert right >= found[2] - 1 and bottom >= found[3] - 1


def test_quarter_turns_come_all_and_keep_boxes_exact():
    how = replace(STILL, quarter_turns=1.0)
    seen = set()
    for seed in range(20):
        changed = augment(example(96, 96), (96, 96), how, np.random.default_rng(seed))
        found = bright_box(changed.image_bgr)
        assert changed.boxes.boxes_xyxy[0] == pytest.approx(found, abs=0.01)
        seen.add(tuple(found))
    assert seen == {(30, 20, 70, 40), (26, 56, 66, 76), (56, 30, 76, 70), (20, 26, 40, 66)}


@pytest.mark.parametrize('seed', range(10))
def test_a_stretched_picture_takes_its_boxes_along(seed):
    how = replace(STILL, stretch=2.0, zoom_low=0.6, zoom_high=0.6)  # nothing leaves the picture
    changed = augment(example(), (128, 96), how, np.random.default_rng(seed))
    box = changed.boxes.boxes_xyxy[0]
    assert box == pytest.approx(bright_box(changed.image_bgr), abs=1.01)
    ratio = (box[2] - box[0]) / (box[3] - box[1])
    assert 1.0 <= ratio <= 4.0 and ratio != pytest.approx(2.0, abs=0.01)  # it was 2


def test_strokes_become_a_pixel_wider_or_thinner_in_picture_and_template():
    how = replace(STILL, strokes=1.0)
    seen = set()
    for seed in range(10):
        changed = augment(example(), (128, 96), how, np.random.default_rng(seed))
        seen.add(tuple(bright_box(changed.image_bgr)))
        assert np.array_equal(changed.image_bgr, changed.template_bgr)
        assert changed.boxes.boxes_xyxy.tolist() == [[30, 20, 70, 40]]
    assert seen == {(29, 19, 71, 41), (31, 21, 69, 39)}


@pytest.mark.parametrize('shift, kept', [(80, 1), (90, 0)])
def test_a_box_that_leaves_the_picture_is_forgotten(shift, kept):
    matrix = np.array([[1.0, 0, shift], [0, 1.0, 0]])  # 18 or 8 of its 40 columns stay
    assert len(warp(example(), matrix, (128, 96)).boxes) == kept


def test_a_picture_of_another_shape_is_fitted():
    matrix = geometry((256, 96), (128, 96), STILL, np.random.default_rng(0), 'letterbox')
    changed = warp(example(256, 96), matrix, (128, 96))
    assert changed.image_bgr.shape == (96, 128, 3)
    assert changed.boxes.boxes_xyxy[0] == pytest.approx([15, 34, 35, 44], abs=0.01)


def test_the_same_draw_gives_the_same_picture():
    how = AugmentSettings(rotate_deg=10.0)
    first, second = (augment(example(), (128, 96), how, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first.image_bgr, second.image_bgr)
    other = augment(example(), (128, 96), how, np.random.default_rng(8))
    assert not np.array_equal(first.image_bgr, other.image_bgr)
