"""Spoilt pictures: worse and worse, the same each time, boxes where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.spoiling import SPOILERS, Spoilt
from test.training.shapes import Shapes


@pytest.mark.parametrize('how', [name for name in SPOILERS if name != 'rotation'])
def test_every_severity_is_worse_than_the_one_before(how):
    clean = Shapes(1).read(0).image_bgr.astype(float)
    errors = [
        np.abs(Spoilt(Shapes(1), how, severity).read(0).image_bgr - clean).mean()
        for severity in (1, 2, 3)
    ]
    assert 0 < errors[0] < errors[1] < errors[2]


@pytest.mark.parametrize('how', SPOILERS)
def test_the_same_picture_is_always_spoilt_alike(how):
    first, second = (Spoilt(Shapes(2), how, 2).read(1).image_bgr for _ in range(2))
    assert np.array_equal(first, second)


def test_boxes_turn_with_the_picture():
    turned = Spoilt(Shapes(4), 'rotation', 1)
    for index in range(4):
        before, after = Shapes(4).read(index).boxes, turned.read(index).boxes
        assert len(after) <= len(before)
        shift = np.abs(after.boxes_xyxy - before.boxes_xyxy[: len(after)])
        assert len(after) < len(before) or 0 < shift.max() < 12


def test_it_says_what_it_is():
    spoilt = Spoilt(Shapes(3), 'noise', 2)
    assert spoilt.origin.endswith('noise 2') and len(spoilt) == 3
    assert spoilt.classes == Shapes(3).classes
