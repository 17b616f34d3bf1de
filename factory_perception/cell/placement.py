"""Where a flat grid on the belt falls in the picture: affine maps, windows, swept side walls."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.arrays import Matrix, Picture
from factory_perception.cell.camera import Camera
from factory_perception.cell.sprite import MARGIN_MM, Sprite


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels that may stick out of the picture.

    ``inside`` cuts the part within the picture out of the window, ``outside`` out of the picture;
    both are (rows, columns).
    """

    corner_xy: tuple[int, int]
    size_wh: tuple[int, int]
    inside: tuple[slice, slice]
    outside: tuple[slice, slice]


def grid_map(
    camera: Camera, place_xyz: tuple[float, float, float], size: int, mm_per_px: float
) -> Matrix:
    """Give the affine map (2, 3) from a grid to pixels, exact at the grid's middle.

    The grid is square with an odd ``size``, its columns run along world +x, its rows along -y.
    """
    view = camera.matrix @ camera.rotation.T
    ray = view @ (np.array(place_xyz) - camera.position)
    pixel = ray[:2] / ray[2]
    growth = (view[:2, :2] - pixel[:, None] * view[2, :2]) / ray[2]
    growth = growth * (mm_per_px / 1000) * (1.0, -1.0)
    matrix = np.empty((2, 3))
    matrix[:, :2] = growth
    matrix[:, 2] = pixel - growth.sum(1) * (size // 2)
    return matrix


def window_of(matrix: Matrix, size: int, size_wh: tuple[int, int]) -> Window | None:
    """Give the window that a mapped grid covers; None where all of it is beyond the picture."""
    reach_x, reach_y = (matrix[:, :2] * size).tolist()
    corner, length, inside, outside = [], [], [], []
    for start, reach, limit in zip(matrix[:, 2].tolist(), (reach_x, reach_y), size_wh):
        first = int(np.floor(start + min(reach[0], 0) + min(reach[1], 0)))
        last = int(np.ceil(start + max(reach[0], 0) + max(reach[1], 0))) + 1
        begin, end = max(first, 0), min(last, limit)
        if begin >= end:
            return None
        corner.append(first)
        length.append(last - first)
        inside.append(slice(begin - first, end - first))
        outside.append(slice(begin, end))
    return Window(
        (corner[0], corner[1]),
        (length[0], length[1]),
        (inside[1], inside[0]),
        (outside[1], outside[0]),
    )


def with_walls(sprite: Sprite, camera: Camera, place_xyz: tuple[float, float, float]) -> Picture:
    """Give the coverage of top face and visible side walls, on the grid of the top face.

    The foot lies nearer to the point below the camera than the top: the walls are what the top's
    outline sweeps on the way there.

    Args:
        sprite: the part.
        camera: where it is seen from.
        place_xyz: the middle of the part's foot.
    """
    height = sprite.part.shape.height_mm / 1000
    depth = float(camera.position[2]) - place_xyz[2]
    shift = np.array(place_xyz[:2]) - camera.position[:2]
    shift *= (-height / depth * 1000 / sprite.mm_per_px, height / depth * 1000 / sprite.mm_per_px)
    steps = min(int(np.ceil(np.abs(shift).max())), int(MARGIN_MM / sprite.mm_per_px))
    if steps == 0:
        return sprite.alpha
    kernel = np.zeros((2 * steps + 1, 2 * steps + 1), np.uint8)
    way = np.round(np.arange(steps)[:, None] * shift / np.abs(shift).max()).astype(int)
    kernel[steps - way[:, 1], steps - way[:, 0]] = 1
    swept = cv2.dilate(sprite.alpha, kernel)
    shrink = (depth - height) / depth
    middle = (sprite.size // 2) * (1 - shrink)
    foot = np.array([[shrink, 0, middle + shift[0]], [0, shrink, middle + shift[1]]])
    return cv2.max(swept, cv2.warpAffine(sprite.alpha, foot, sprite.alpha.shape[::-1]), dst=swept)
