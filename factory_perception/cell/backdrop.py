"""What is behind and beside the parts: the running belt, the rails, and how light falls off."""

from __future__ import annotations

import cv2
import numpy as np

from factory_perception.cell.arrays import Field, Matrix, Picture
from factory_perception.cell.belt import MM_PER_PX
from factory_perception.cell.camera import Camera
from factory_perception.cell.light import LightRig
from factory_perception.cell.surroundings import Surroundings


class Backdrop:
    """The belt and its surroundings for one camera."""

    def __init__(
        self,
        camera: Camera,
        belt: Picture,
        belt_z_m: float,
        rails: Surroundings,
        video: bool = True,
    ) -> None:
        """Prepare the belt's loop for cutting windows out of it.

        Args:
            camera: where it is seen from.
            belt: one loop, as ``belt_texture`` gives it.
            belt_z_m: the height of the belt's top in the world.
            rails: what lies over the belt's edges, drawn for the same camera.
            video: prepare for many pictures rather than one.
        """
        self.rails = rails
        self._camera, self._belt_z = camera, belt_z_m
        self._view = camera.plane_homography(belt_z_m)
        self._first_m, last_m = self._visible_span()
        self._px_m, self._half_m = MM_PER_PX / 1000, belt.shape[0] * MM_PER_PX / 2000
        self._loop_m = belt.shape[1] * self._px_m
        self._upright = bool(np.abs(self._view[[0, 1, 2, 2], [1, 0, 0, 1]]).max() < 1e-9)
        if self._upright and video:
            belt = self._to_scale(belt)
        self._loop_px = belt.shape[1]
        self._ahead = int((last_m - self._first_m) / self._px_m) + 8
        repeats = -(-self._ahead // self._loop_px)
        self._belt = np.concatenate([belt, *[belt] * repeats], axis=1)
        self._belt = self._belt[:, : self._loop_px + self._ahead]
        self._scaled = self._upright and video

    def draw_belt(self, travel_m: float) -> Picture:
        """Draw the belt after it has gone a way; uint8 (rows, columns, 3), gamma 2."""
        gone = travel_m / self._loop_m * self._loop_px
        start = (self._first_m / self._px_m - gone) % self._loop_px
        first = int(start)
        if self._scaled:
            return self._slide(start)
        window = self._belt[:, first : first + self._ahead]
        metre = self._px_m
        left = self._first_m - (start - first - 0.5) * metre
        place = np.array([[metre, 0, left], [0, -metre, self._half_m - metre / 2], [0, 0, 1.0]])
        view = self._view @ place
        size = self._camera.size_wh
        if self._upright:
            affine = view[:2] / view[2, 2]
            return cv2.warpAffine(window, affine, size, borderMode=cv2.BORDER_REPLICATE)
        return cv2.warpPerspective(window, view, size, borderMode=cv2.BORDER_REPLICATE)

    def _to_scale(self, belt: Picture) -> Picture:
        """Give the whole loop at the scale of the picture: then it only has to slide."""
        scale = self._view[0, 0] / self._view[2, 2]
        loop_px = round(belt.shape[1] * self._px_m * scale)
        stretch = loop_px / belt.shape[1]
        height = self._camera.size_wh[1]
        middle = self._view[1, 2] / self._view[2, 2]
        place = np.array(
            [
                [stretch, 0, (stretch - 1) / 2],
                [0, scale * self._px_m, middle - scale * (self._half_m - self._px_m / 2)],
            ]
        )
        rolled = cv2.copyMakeBorder(belt, 0, 0, 0, 1, cv2.BORDER_WRAP)
        scaled = cv2.warpAffine(rolled, place, (loop_px, height), borderMode=cv2.BORDER_REPLICATE)
        self._px_m = 1 / scale
        return scaled

    def _slide(self, start: float) -> Picture:
        """Give the window of a belt to scale that begins at a column, whole or not."""
        width = self._camera.size_wh[0]
        # The window's first pixel shows the place that the picture's column 0 shows.
        left = (-self._view[0, 2] / self._view[2, 2]) * self._px_m - self._first_m
        start = (start + left / self._px_m - 0.5) % self._loop_px
        first, part = int(start), start % 1
        before, after = self._belt[:, first:], self._belt[:, first + 1 :]
        return cv2.addWeighted(before[:, :width], 1 - part, after[:, :width], part, 0)

    def light_gain(self, rig: LightRig, vignette: float) -> Field:
        """Give how light falls off over the picture: lamps, vignetting, shade of the rails.

        Args:
            rig: the lamps.
            vignette: the loss of light in the corners.

        Returns:
            The gain, float32 (rows, columns, 3) on gamma-2 values; about 1 in the middle.
        """
        width, height = self._camera.size_wh
        u, v = np.meshgrid(np.linspace(0, width - 1, 40), np.linspace(0, height - 1, 30))
        ground = self._ground(u.ravel(), v.ravel())
        points = np.column_stack([ground, np.full(len(ground), self._belt_z)])
        light = np.sqrt(rig.irradiance(points)).reshape(30, 40, 3)
        radius2 = ((u / width - 0.5) ** 2 + (v / height - 0.5) ** 2) * 2
        light *= (1 - vignette * radius2)[..., None]
        full: Field = cv2.resize(
            light.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
        )
        full *= self.rails.dim[..., None]
        return full

    def _ground(self, u: Matrix, v: Matrix) -> Matrix:
        ground = np.column_stack([u, v, np.ones(len(u))]) @ np.linalg.inv(self._view).T
        return ground[:, :2] / ground[:, 2:]

    def _visible_span(self) -> tuple[float, float]:
        width, height = self._camera.size_wh
        corners = self._ground(
            np.array([-2.0, width, width, -2.0]), np.array([-2.0, -2.0, height, height])
        )
        return float(corners[:, 0].min()) - 0.01, float(corners[:, 0].max()) + 0.01
