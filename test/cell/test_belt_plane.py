"""The plane of the belt, against points on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.belt_plane import belt_plane
from factory_perception.cell.camera import camera_of
from factory_perception.cell.config import load_config


@pytest.mark.parametrize('rpy', [(0, np.pi / 2, np.pi / 2), (0.1, 1.3, 0.4)])
def test_points_of_the_belt_lie_on_it(rpy):
    config = load_config()
    config = replace(config, camera=replace(config.camera, rpy_rad=rpy))
    camera = camera_of(config.camera)
    *normal, distance = belt_plane(config)
    for x, y in ((0, 0), (0.4, -0.2), (-1.0, 0.2)):
        point = camera.rotation.T @ (np.array([x, y, config.belt.top_z_m]) - camera.position)
        assert np.dot(normal, point) == pytest.approx(distance, abs=1e-6)
    assert distance > 0


def test_the_shipped_camera_looks_straight_down():
    assert belt_plane(load_config()) == pytest.approx([0, 0, 1, 0.8], abs=1e-8)
