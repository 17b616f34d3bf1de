"""Pictures for people, checked where it counts: right place, right colour, source untouched."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.vision.colours import class_palette
from factory_perception.vision.detections import Detections
from factory_perception.vision.overlay import draw_detections
from factory_perception.vision.surface import SurfaceCamera

CLASSES = ('gear', 'scratch', 'flange')


def test_defects_are_warm_and_everything_else_is_cold():
    palette = class_palette(CLASSES, ('scratch',))
    blue, green, red = palette[1]
    assert red > 200 and red > green and red > blue
    assert all(colour[2] < max(colour[:2]) for index, colour in enumerate(palette) if index != 1)
    assert len(set(palette)) == 3


def test_frame_lies_on_the_box_and_the_source_stays():
    image = np.zeros((200, 300, 3), np.uint8)
    found = Detections(
        np.array([[50, 60, 150, 160]], np.float32), np.array([0.9], np.float32),
        np.array([1], np.int32),
    )  # fmt: skip
    palette = class_palette(CLASSES, ('scratch',))
    drawn = draw_detections(image, found, CLASSES, palette)
    assert not image.any()
    assert np.abs(drawn[110, 50].astype(int) - palette[1]).max() < 40
    assert not drawn[110, 100].any()
    assert drawn[30:60, 50:120].any()  # the label


@pytest.mark.parametrize('box', [[0, 0, 3, 3], [-50, -50, 400, 300], [298, 198, 300, 200]])
def test_boxes_at_and_beyond_the_edge(box):
    found = Detections(
        np.array([box], np.float32), np.array([0.5], np.float32), np.array([0], np.int32),
        np.array([12], np.int64),
    )  # fmt: skip
    drawn = draw_detections(
        np.zeros((200, 300, 3), np.uint8), found, CLASSES, class_palette(CLASSES)
    )
    assert drawn.shape == (200, 300, 3) and drawn.any()


K = [600.0, 0, 320, 0, 600, 240, 0, 0, 1]


def test_pixels_hit_a_tilted_plane_where_geometry_says():
    normal, offset = np.array([0.1, -0.2, 1.0]), 1.5
    camera = SurfaceCamera.make(K, [0.05, -0.02, 0.001, 0.002, 0.0], [*normal, offset])
    pixels = np.array([[320, 240], [10, 20], [630, 470]], float)
    points = camera.points(pixels)
    assert np.allclose(points @ normal, offset)
    import cv2

    back = cv2.projectPoints(points, np.zeros(3), np.zeros(3), camera.matrix, camera.distortion)[0]
    assert np.allclose(back[:, 0], pixels, atol=1e-3)


def test_rays_that_miss_the_plane_are_nan():
    beside = SurfaceCamera.make(K, [0.0] * 5, [1, 0, 0, 1])
    assert np.isnan(beside.points(np.array([[320, 240]]))).all()
    behind = SurfaceCamera.make(K, [0.0] * 5, [0, 0, 1, -1])
    assert np.isnan(behind.points(np.array([[320, 240]]))).all()
    assert behind.points(np.zeros((0, 2))).shape == (0, 3)


@pytest.mark.parametrize('k, plane, text', [
    ([0] * 9, [0, 0, 1, 1], 'no focal length'),
    (K, [0, 0, 0, 1], 'no length'),
])  # fmt: skip
def test_uncalibrated_cameras(k, plane, text):
    with pytest.raises(ValueError, match=text):
        SurfaceCamera.make(k, [0.0] * 5, plane)
