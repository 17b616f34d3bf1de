"""From pixels to points on a flat surface, for a camera that knows where the surface is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SurfaceCamera:
    """A pinhole camera (``sensor_msgs/CameraInfo``: K, D) above the surface ``n . p = d``.

    The plane is given in the optical frame: z forward, x right, y down (REP-103), metres.
    """

    matrix: NDArray[np.float64]
    distortion: NDArray[np.float64]
    normal: NDArray[np.float64]
    offset_m: float

    @staticmethod
    def make(k: Sequence[float], d: Sequence[float], plane: Sequence[float]) -> SurfaceCamera:
        """Make one from the fields of a CameraInfo and ``[nx, ny, nz, d]``.

        Raises:
            ValueError: the focal length is not positive or the normal has no length.
        """
        matrix = np.asarray(k, np.float64).reshape(3, 3)
        normal = np.asarray(plane[:3], np.float64)
        length = np.linalg.norm(normal)
        if not (matrix[0, 0] > 0 and matrix[1, 1] > 0):
            raise ValueError('the camera_info has no focal length: calibrate the camera')
        if not length > 0:
            raise ValueError('the normal of the surface has no length')
        return SurfaceCamera(
            matrix, np.asarray(d, np.float64), normal / length, float(plane[3]) / float(length)
        )

    def points(self, pixels_xy: NDArray) -> NDArray[np.float64]:
        """Give where the rays through pixels ``(N, 2)`` meet the surface, ``(N, 3)`` in metres.

        NaN where a ray runs beside the surface or meets it behind the camera.
        """
        pixels = np.asarray(pixels_xy, np.float64).reshape(-1, 1, 2)
        if len(pixels) == 0:
            return np.zeros((0, 3))
        flat = cv2.undistortPoints(pixels, self.matrix, self.distortion).reshape(-1, 2)
        rays = np.hstack([flat, np.ones((len(flat), 1))])
        slope = rays @ self.normal
        depth = np.full(len(rays), np.nan)
        np.divide(self.offset_m, slope, out=depth, where=np.abs(slope) > 1e-3)
        depth[depth <= 0] = np.nan
        return rays * depth[:, None]

    def corners_on_surface(self, boxes_xyxy: NDArray) -> NDArray[np.float64]:
        """Give the four corners of boxes on the surface, ``(N, 4, 3)``, clockwise from top left.

        Boxes count from the edge of the first pixel, cameras from its centre.
        """
        corners = np.asarray(boxes_xyxy)[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
        return self.points(corners - 0.5).reshape(-1, 4, 3)
