"""The belt as the camera has it: the plane on which the detector's markers stand."""

from __future__ import annotations

import numpy as np

from factory_perception.cell.camera import camera_of
from factory_perception.cell.config import CellConfig


def belt_plane(config: CellConfig) -> list[float]:
    """Give nx, ny, nz, d of the belt's top as ``n . p = d`` in the optical frame, in metres."""
    camera = camera_of(config.camera)
    down = camera.rotation.T @ np.array([0.0, 0.0, -1.0])
    depth = float(camera.position[2]) - config.belt.top_z_m
    return [round(float(value), 9) + 0.0 for value in (*down, depth)]
