"""The camera against hand-made numbers and against itself the other way round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.camera import camera_of, rotation_of


@pytest.fixture
def camera(config):
    return camera_of(config.camera)


def test_the_middle_is_below_and_the_axes_are_as_documented(camera):
    pixels = camera.project([(0, 0, 0.7), (0.1, 0, 0.7), (0, 0.1, 0.7)])
    step = 320 / np.tan(0.45) * 0.1 / 0.8
    assert np.allclose(pixels, [(319.5, 239.5), (319.5 + step, 239.5), (319.5, 239.5 - step)])
    assert np.isclose(camera.pixels_per_metre(0.7), step * 10)


def test_higher_things_lie_further_out(camera):
    low, high = camera.project([(0.2, 0.1, 0.7), (0.2, 0.1, 0.72)])
    middle = np.array([319.5, 239.5])
    assert np.allclose((high - middle) / (low - middle), 0.8 / 0.78)


@pytest.mark.parametrize('distortion', [(0, 0, 0, 0, 0), (-0.2, 0.05, 0.001, -0.0005, 0.0)])
@pytest.mark.parametrize('turn', [(0, 0, 0), (0.08, -0.05, 0.4)])
def test_there_and_back(camera, distortion, turn):
    camera = replace(camera.moved((0.05, -0.02, 0.1), turn), distortion=np.array(distortion))
    x, y = np.meshgrid(np.linspace(-0.3, 0.3, 7), np.linspace(-0.2, 0.2, 5))
    points = np.stack([x.ravel(), y.ravel(), np.full(x.size, 0.712)], 1)
    assert np.abs(camera.unproject(camera.project(points), 0.712) - points).max() < 1e-4
    assert camera.distorted == bool(any(distortion))


def test_the_homography_is_the_projection(camera):
    camera = camera.moved((0.01, 0.02, -0.03), (0.03, -0.02, 0.1))
    flat = np.array([(0.1, -0.2), (-0.3, 0.15)])
    warped = np.c_[flat, np.ones(2)] @ camera.plane_homography(0.7).T
    pixels = camera.project(np.c_[flat, np.full(2, 0.7)])
    assert np.allclose(warped[:, :2] / warped[:, 2:], pixels)


def test_what_cannot_be_seen_is_nan(camera):
    assert np.isnan(camera.project([(0, 0, 1.6)])).all()
    assert np.isnan(camera.unproject([(319.5, 239.5)], 1.6)).all()


@pytest.mark.parametrize(
    'rpy, vector, turned',
    [
        ((np.pi / 2, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0, np.pi / 2, 0), (0, 0, 1), (1, 0, 0)),
        ((0, 0, np.pi / 2), (1, 0, 0), (0, 1, 0)),
        ((np.pi / 2, 0, np.pi / 2), (0, 1, 0), (0, 0, 1)),
        ((0, np.pi / 2, np.pi / 2), (1, 0, 0), (0, 0, -1)),
    ],
)
def test_roll_pitch_yaw_as_in_urdf(rpy, vector, turned):
    assert np.allclose(rotation_of(rpy) @ vector, turned, atol=1e-12)
