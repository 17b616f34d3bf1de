"""Doubt of pictures, checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.detections import Detections
from factory_perception.vision.doubt import doubt

HERE, NEAR, FAR = (0, 0, 10, 10), (1, 1, 11, 11), (50, 50, 60, 60)


def found(*rows):
    boxes, scores, ids = zip(*rows)
    return Detections(
        np.array(boxes, np.float32), np.array(scores, np.float32), np.array(ids, np.int32)
    )


@pytest.mark.parametrize('rows, expected', [
    ([(HERE, 0.5, 0)], 1.0),
    ([(HERE, 0.6, 0)], 0.5),
    ([(HERE, 0.7, 0)], 0.0),
    ([(HERE, 0.99, 0), (FAR, 0.6, 0)], 0.5),
    ([(HERE, 0.4, 0)], 1.0),
    ([(HERE, 0.9, 0), (NEAR, 0.81, 1)], 0.9),
    ([(HERE, 0.9, 0), (NEAR, 0.9, 0)], 0.0),
    ([(HERE, 0.9, 0), (FAR, 0.9, 1)], 0.0),
])  # fmt: skip
def test_doubt(rows, expected):
    assert doubt(found(*rows), threshold=0.5, margin=0.2) == pytest.approx(expected, abs=1e-5)


def test_an_empty_picture_has_no_doubt():
    assert doubt(Detections.empty(), 0.5, 0.2) == 0.0


def test_no_margin_at_all():
    assert doubt(found((HERE, 0.6, 0)), 0.5, 0.0) == 0.0
