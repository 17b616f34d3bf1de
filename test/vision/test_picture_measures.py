"""Light and sharpness of pictures that are known."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.picture_measures import measure_picture, SPAN_PX


def scene(blur_px=0.0, noise=0.0, light=1.0, colours=True):
    picture = np.full((240, 320), 60.0, np.float32)
    for x in range(20, 300, 70):
        picture[40:200, x : x + 40] = 190.0
    picture *= light
    if blur_px:
        picture = cv2.GaussianBlur(picture, (0, 0), blur_px)
    picture += np.random.default_rng(0).normal(0.0, noise, picture.shape)
    grey = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return ColourImage(np.dstack([grey] * 3), 'bgr') if colours else ColourImage(grey, 'grey')


@pytest.mark.parametrize('noise', [0.0, 1.0, 2.0])
@pytest.mark.parametrize('blur_px', [1.0, 2.0, 3.0])
def test_edges_are_as_wide_as_the_blur_says_whatever_the_noise(blur_px, noise):
    width = measure_picture(scene(blur_px, noise)).edge_width_px
    assert width == pytest.approx(2 * math.sqrt(math.pi) * blur_px, rel=0.2)


@pytest.mark.parametrize('colours', [True, False])
def test_light_and_a_sharp_picture(colours):
    bright, dark = (measure_picture(scene(light=one, colours=colours)) for one in (1.0, 0.3))
    assert bright.edge_width_px == dark.edge_width_px == 1.0
    assert dark.brightness == pytest.approx(0.3 * bright.brightness, rel=0.02)


@pytest.mark.parametrize('pixels', [
    np.full((240, 320), 128, np.uint8),
    np.random.default_rng(0).normal(128, 3, (240, 320)).astype(np.uint8),
    np.zeros((8, 8), np.uint8),
    np.zeros((1, 1), np.uint8),
    np.zeros((SPAN_PX + 1, 1), np.uint8),
])  # fmt: skip
def test_without_edges_nobody_knows_how_sharp_it_is(pixels):
    measures = measure_picture(ColourImage(pixels, 'grey'))
    assert math.isnan(measures.edge_width_px)
    assert measures.brightness == pytest.approx(pixels.mean(), abs=1.0)
