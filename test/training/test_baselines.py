"""The simple rivals, on sets where their figures can be worked out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.training.baselines import (
    colour_threshold,
    detection_baseline,
    majority,
    template_difference,
)
from factory_perception.training.data import Example
from test.training.shapes import Shapes


class Labels(Shapes):
    """Five pictures of the first class, three of the second."""

    def read(self, index):
        return replace(super().read(index), label=int(index >= 5))


class Masks(Shapes):
    """The boxes as masks."""

    classes = ('background', 'thing')

    def read(self, index):
        example = super().read(index)
        mask = np.zeros(example.image_bgr.shape[:2], np.uint8)
        for left, top, right, bottom in example.boxes.boxes_xyxy.astype(int):
            mask[top:bottom, left:right] = 1
        return replace(example, mask=mask)


class Boards(Shapes):
    """Shapes, and the same picture without them as template."""

    def read(self, index):
        example = super().read(index)
        image = np.where(np.abs(example.image_bgr.astype(int) - 110) > 50, 255, 0)
        image = image.astype(np.uint8)
        return replace(example, image_bgr=image, template_bgr=np.zeros_like(image))


def test_majority():
    figures = majority(Labels(8))
    assert figures['accuracy'] == pytest.approx(5 / 8)
    assert figures['macro_f1'] == pytest.approx((2 * 5 / 13 + 0) / 2)


def test_difference_to_the_template_finds_what_is_there():
    example = Boards(1).read(0)
    found = template_difference(example)
    assert len(found) == len(example.boxes)
    for truth in example.boxes.boxes_xyxy:  # a margin is left around what differs
        around = found.boxes_xyxy - truth
        assert ((around[:, :2] < 0).all(1) & (around[:, 2:] > 0).all(1)).sum() == 1
    assert len(template_difference(replace(example, image_bgr=example.template_bgr))) == 0
    figures = detection_baseline(Boards(8))
    assert figures['name'] == 'template_difference'
    assert figures['iou50']['f1'] <= figures['iou33']['f1'] and figures['iou33']['f1'] > 0


def test_unusual_colours_are_marked():
    assert detection_baseline(Shapes(4))['name'] == 'unusual_colour'
    assert colour_threshold(Masks(6))['miou'] > 0.4


def test_a_picture_without_anything_has_no_differences():
    blank = np.full((40, 40, 3), 90, np.uint8)
    assert len(template_difference(Example(blank, template_bgr=blank))) == 0
