"""The belt: seeded, endless, and moving at the speed of the belt."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from factory_perception.cell.belt import belt_texture, BeltLook, MM_PER_PX
from factory_perception.cell.lens import CameraState
from factory_perception.cell.renderer import Renderer, Scene

STILL = CameraState(noise=0.0)


def test_seeded_and_sized():
    belt = belt_texture(BeltLook(), 1.2, 0.5, 3)
    assert belt.shape == (round(500 / MM_PER_PX), 1000, 3)
    assert belt.dtype == np.uint8
    assert np.array_equal(belt, belt_texture(BeltLook(), 1.2, 0.5, 3))
    assert not np.array_equal(belt, belt_texture(BeltLook(), 1.2, 0.5, 4))


def test_no_step_where_the_loop_closes():
    look = BeltLook(marks=False, seam=False, dust=0.0, wear=0.6)
    belt = belt_texture(look, 1.2, 0.5, 3).astype(float).mean(2)
    steps = np.abs(np.diff(np.c_[belt, belt[:, :1]], axis=1)).mean(0)
    assert steps[-1] < 1.3 * steps.mean()


def test_the_colour_is_the_linear_reflectance():
    belt = belt_texture(BeltLook((0.2, 0.1, 0.05), wear=0.2, stains=0), 1.2, 0.5, 1)
    level = np.median(belt.reshape(-1, 3), axis=0)
    assert np.allclose(level, 255 * np.sqrt([0.2, 0.1, 0.05]), rtol=0.06)


@pytest.mark.parametrize('way_m', [0.01, 0.05, 0.123])
def test_the_picture_moves_with_the_belt(config, way_m):
    renderer = Renderer(config, 2)
    first, _ = renderer.render(Scene((), 1.0), STILL)
    second, _ = renderer.render(Scene((), 1.0 + way_m), STILL)
    window = np.s_[80:400, 60:580]
    # Dividing by the still falloff of the light leaves the belt.
    flat = cv2.GaussianBlur(first, (0, 0), 25)[window].mean(2)
    grey = [picture[window].mean(2) / flat for picture in (first, second)]
    shift, _ = cv2.phaseCorrelate(grey[0], grey[1])
    expected = way_m * renderer.camera.pixels_per_metre(0.7)
    assert shift[0] == pytest.approx(expected, abs=0.25)
    assert shift[1] == pytest.approx(0, abs=0.1)


def test_the_belt_comes_round_again(config):
    renderer = Renderer(config, 2)
    first, _ = renderer.render(Scene((), 0.3), STILL)
    again, _ = renderer.render(Scene((), 0.3 + 2 * config.belt.loop_m), STILL)
    assert np.abs(first.astype(int) - again).max() <= 1
