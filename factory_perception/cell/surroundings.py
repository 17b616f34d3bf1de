"""What does not move beside the belt: the side rails with their slots, screws, sensor and sign."""

from __future__ import annotations

from dataclasses import dataclass
import functools

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Field, Matrix, Picture
from factory_perception.cell.camera import Camera
from factory_perception.cell.config import BeltConfig
from factory_perception.cell.grain import streaks
from factory_perception.cell.seeds import stream

#: The rails stand so far above the belt and so far from its edges.
RAIL_RISE_M = 0.016
_GAP_M = 0.003
_MM_PER_PX = 0.6
_LENGTH_M, _DEPTH_M = 1.3, 0.09
#: Far beyond any picture, yet small enough for whole-number pixel coordinates.
_FAR_M = 3.0


@dataclass(frozen=True)
class Surroundings:
    """A still picture laid over the belt: ``bgr`` uint8 where ``mask`` uint8 is not zero.

    ``dim`` float32 (rows, columns) is the shade that the rails throw on the belt.
    """

    bgr: Picture
    mask: Cover
    dim: Field


def draw_surroundings(
    camera: Camera, belt: BeltConfig, seed: int, tone: float = 1.0, furnished: bool = True
) -> Surroundings:
    """Draw the rails as a camera sees them; ``tone`` is the brightness of their metal."""
    width, height = camera.size_wh
    bgr = np.full((height, width, 3), (38, 39, 40), np.uint8)
    mask = _beyond(camera, belt.width_m / 2, belt.top_z_m, -_FAR_M)
    mask |= _beyond(camera, belt.width_m / 2, belt.top_z_m, _FAR_M)
    for side in (1, -1):
        view = _rail_view(camera, belt, side)
        drawn = cv2.warpPerspective(_rail(side, seed, furnished), view, (width, height))
        inner = belt.width_m / 2 + _GAP_M
        there = _beyond(camera, inner, belt.top_z_m + RAIL_RISE_M, side * _FAR_M)
        cv2.copyTo(cv2.convertScaleAbs(drawn, alpha=tone), there, bgr)
        mask |= there
    return Surroundings(bgr, mask, _shade(camera, belt))


def _beyond(camera: Camera, edge_m: float, z_m: float, far_m: float) -> Cover:
    """Give where the picture shows the plane at a height from an edge outward, to y = far."""
    near_m = np.copysign(edge_m, far_m)
    ground = np.array(
        [[-_FAR_M, near_m, 1], [_FAR_M, near_m, 1], [_FAR_M, far_m, 1], [-_FAR_M, far_m, 1]]
    )
    corners = ground @ camera.plane_homography(z_m).T
    corners = corners[:, :2] / corners[:, 2:]
    mask: Cover = np.zeros(camera.size_wh[::-1], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_8, 4)
    return mask


def _shade(camera: Camera, belt: BeltConfig) -> Field:
    """Give the shade of the rails on the belt."""
    width, height = camera.size_wh
    back = np.linalg.inv(camera.plane_homography(belt.top_z_m))
    u, v = np.meshgrid(np.linspace(0, width - 1, 41), np.linspace(0, height - 1, 31))
    across = (back[1, 0] * u + back[1, 1] * v + back[1, 2]) / (
        back[2, 0] * u + back[2, 1] * v + back[2, 2]
    )
    fine = cv2.resize(np.abs(across).astype(np.float32), (width, height))
    near = np.maximum(np.float32(belt.width_m / 2) - fine, 0)
    return 1 - np.float32(0.42) * cv2.exp(near * np.float32(-1 / 0.011))


def _rail_view(camera: Camera, belt: BeltConfig, side: int) -> Matrix:
    """Give the homography from the rail's picture to camera pixels; its row 0 is at the belt."""
    metre = _MM_PER_PX / 1000
    inner = side * (belt.width_m / 2 + _GAP_M)
    place = np.array([[metre, 0, -_LENGTH_M / 2], [0, side * metre, inner], [0, 0, 1.0]])
    return camera.plane_homography(belt.top_z_m + RAIL_RISE_M) @ place


@functools.lru_cache(maxsize=32)
def _rail(side: int, seed: int, furnished: bool) -> Picture:
    """Draw an aluminium profile from above: two slots, screws, and what is mounted on it."""
    rng = stream(seed, 'rail', side + 1)
    rows, columns = round(_DEPTH_M * 1000 / _MM_PER_PX), round(_LENGTH_M * 1000 / _MM_PER_PX)
    profile = np.full(rows, 0.40, np.float32)
    profile[:3] = 0.62  # the rounded inner edge catches the light
    profile[3:6] = 0.30
    for middle in (34, 100):
        profile[middle - 8 : middle - 6] = 0.66
        profile[middle - 6 : middle + 6] = 0.035
        profile[middle + 6 : middle + 8] = 0.24
    profile[134:] = 0.03
    brushed = streaks(rng, (rows, columns), 0.0, 24.0)
    light = profile[:, None] * (1 + 0.10 * brushed)
    canvas = (np.sqrt(np.clip(light, 0, 1)) * 255)[..., None] * (0.99, 0.985, 0.96)
    picture = np.ascontiguousarray(np.clip(canvas, 0, 255).astype(np.uint8))
    for x in range(int(rng.integers(40, 240)), columns, 300):
        _screw(picture, x, 34, float(rng.uniform(0, np.pi)))
    if furnished:
        _furnish(picture, side)
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


def _screw(picture: Picture, x: int, y: int, turn: float) -> None:
    cv2.circle(picture, (x + 1, y + 2), 12, (28, 28, 28), -1, cv2.LINE_AA)
    cv2.circle(picture, (x, y), 11, (128, 130, 132), -1, cv2.LINE_AA)
    cv2.circle(picture, (x - 1, y - 1), 8, (168, 170, 172), -1, cv2.LINE_AA)
    corners = [turn + k * np.pi / 3 for k in range(6)]
    key = np.array([[x + 5 * np.cos(a), y + 5 * np.sin(a)] for a in corners])
    cv2.fillPoly(picture, [np.round(key * 16).astype(np.int32)], (40, 40, 42), cv2.LINE_AA, 4)


def _furnish(picture: Picture, side: int) -> None:
    """Mount a light barrier on the rails, and stick a warning tape to the lower one."""
    middle = picture.shape[1] // 2
    x = middle - 430
    cv2.rectangle(picture, (x - 3, 0), (x + 55, 62), (16, 16, 17), -1)
    cv2.rectangle(picture, (x, 2), (x + 50, 58), (34, 33, 32), -1)
    cv2.rectangle(picture, (x + 6, 8), (x + 44, 30), (50, 48, 47), 1, cv2.LINE_AA)
    if side > 0:
        cv2.circle(picture, (x + 25, 20), 6, (60, 220, 250), -1, cv2.LINE_AA)
        return
    cv2.rectangle(picture, (x + 12, 2), (x + 38, 16), (70, 60, 190), -1)
    left, right = middle + 180, middle + 520
    tape = picture[4:26, left:right]
    tape[:] = (20, 190, 235)
    for k in range(-30, right - left + 30, 44):
        stripe = np.array([[k, 22], [k + 22, 22], [k + 44, 0], [k + 22, 0]], np.int32)
        cv2.fillPoly(tape, [stripe], (28, 28, 30), cv2.LINE_AA)
