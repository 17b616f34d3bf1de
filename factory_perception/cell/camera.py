"""The pinhole camera: world points to pixels, and pixels back to a horizontal plane.

Pixel coordinates are those of OpenCV and ROS: whole numbers are the middles of pixels. A box whose
edges are pixel edges is half a pixel further; ``truth.py`` says so where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, sin, tan

import cv2
import numpy as np
from numpy.typing import ArrayLike

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CameraConfig

#: From the body frame (x forward, z up) to the optical frame (z forward, y down), REP-103.
OPTICAL_RPY = (-np.pi / 2, 0.0, -np.pi / 2)


def rotation_of(rpy_rad: ArrayLike) -> Matrix:
    """Give the 3x3 rotation of fixed-axis roll, pitch, yaw as in URDF: ``Rz(y) Ry(p) Rx(r)``."""
    roll, pitch, yaw = (float(angle) for angle in np.asarray(rpy_rad))
    cr, sr, cp, sp, cy, sy = cos(roll), sin(roll), cos(pitch), sin(pitch), cos(yaw), sin(yaw)
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


@dataclass(frozen=True)
class Camera:
    """A calibrated camera at a fixed pose.

    ``matrix`` is K (3, 3); ``distortion`` k1 k2 p1 p2 k3; ``rotation`` turns optical axes into
    world axes; ``position`` is the optical centre in the world, in metres.
    """

    matrix: Matrix
    distortion: Matrix
    rotation: Matrix
    position: Matrix
    size_wh: tuple[int, int]

    @property
    def distorted(self) -> bool:
        """Say whether the lens bends straight lines."""
        return bool(np.any(self.distortion))

    def project(self, points_xyz: ArrayLike) -> Matrix:
        """Give the pixels (N, 2) of world points (N, 3) in metres.

        Points behind the camera give NaN.
        """
        points = np.asarray(points_xyz, np.float64).reshape(-1, 3)
        local = (points - self.position) @ self.rotation
        front = local[:, 2] > 1e-9
        safe = np.where(front[:, None], local, (0.0, 0.0, 1.0))
        pixels, _ = cv2.projectPoints(
            safe.reshape(-1, 1, 3), np.zeros(3), np.zeros(3), self.matrix, self.distortion
        )
        return np.where(front[:, None], pixels.reshape(-1, 2), np.nan)

    def unproject(self, pixels_uv: ArrayLike, z_m: float) -> Matrix:
        """Give the world points (N, 3) that pixels (N, 2) show on the plane at height ``z_m``.

        Rays that do not meet the plane in front of the camera give NaN.
        """
        pixels = np.asarray(pixels_uv, np.float64).reshape(-1, 1, 2)
        flat = cv2.undistortPoints(pixels, self.matrix, self.distortion).reshape(-1, 2)
        rays = np.c_[flat, np.ones(len(flat))] @ self.rotation.T
        with np.errstate(divide='ignore', invalid='ignore'):
            reach = (z_m - self.position[2]) / rays[:, 2]
            points = self.position + reach[:, None] * rays
        return np.where((reach > 0)[:, None] & np.isfinite(points), points, np.nan)

    def plane_homography(self, z_m: float) -> Matrix:
        """Give the 3x3 homography from (x, y) metres on a plane to undistorted pixels."""
        turn = self.rotation.T
        shift = turn @ (np.array([0.0, 0.0, z_m]) - self.position)
        return self.matrix @ np.c_[turn[:, 0], turn[:, 1], shift]

    def pixels_per_metre(self, z_m: float) -> float:
        """Give the scale of the picture on the optical axis at height ``z_m``."""
        return float(self.matrix[0, 0] / (self.position[2] - z_m))

    def moved(self, shift_m: ArrayLike, turn_rad: ArrayLike) -> Camera:
        """Give the same camera shifted in the world and turned about its own optical axes."""
        return replace(
            self,
            position=self.position + np.asarray(shift_m, np.float64),
            rotation=self.rotation @ rotation_of(turn_rad),
        )


def camera_of(config: CameraConfig) -> Camera:
    """Make the camera that the cell configuration describes; square pixels, centred axis."""
    width, height = config.size_wh
    focal = width / 2 / tan(config.hfov_rad / 2)
    matrix = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1.0]])
    return Camera(
        matrix,
        np.array(config.distortion),
        rotation_of(config.rpy_rad) @ rotation_of(OPTICAL_RPY),
        np.array(config.xyz_m, np.float64),
        config.size_wh,
    )
