"""Light on a sprite: anisotropic highlights, a mirrored hall, painted patches, walls and shadows.

Highlights follow Ward's anisotropic model in the slope domain (Ward, Measuring and Modeling
Anisotropic Reflection, SIGGRAPH 1992): a lamp shines where the half-vector's slope comes near the
surface's, more sharply along the tool marks than across them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Field, Matrix, Picture
from factory_perception.cell.light import Lamp, LightRig
from factory_perception.cell.sprite import Sprite

#: The shadow on the belt is soft, so it has its own, coarser grid.
SHADOW_MM_PER_PX = 2.5
SHADOW_MARGIN_MM = 45.0
_HIGHLIGHT = 0.085


@dataclass(frozen=True)
class Shaded:
    """A lit sprite: ``bgr`` uint8 of top face and walls, ``shadow`` uint8 gain on the belt."""

    bgr: Picture
    shadow: Cover


def encode(linear: Field) -> Picture:
    """Turn linear light (1 is white) into 8-bit picture values: gamma 2, a near match of sRGB."""
    root = np.sqrt(np.clip(linear, 0, 1))
    root *= np.float32(255)
    return root.astype(np.uint8)


def shade(
    sprite: Sprite,
    rig: LightRig,
    place_xyz: Matrix,
    eye_xyz: Matrix,
) -> Shaded:
    """Light a sprite at a place.

    Args:
        sprite: the part.
        rig: the lamps.
        place_xyz: the middle of the part's foot on the belt, in the world, in metres.
        eye_xyz: the camera's optical centre.
    """
    top = place_xyz + np.array([0.0, 0.0, sprite.part.shape.height_mm / 1000])
    face = _face(sprite, rig, top, eye_xyz)
    wall = _wall(sprite, rig, top)
    face -= wall
    face *= sprite.alpha * np.float32(1 / 255)
    face += wall
    return Shaded(cv2.merge(list(encode(face))), _shadow(sprite, rig, top))


def _face(sprite: Sprite, rig: LightRig, top: Matrix, eye: Matrix) -> Field:
    """Give the light (3, rows, columns) that the top face sends up."""
    toward = sprite.normal_x * np.float32(rig.wall_xy[0])
    toward += sprite.normal_y * np.float32(rig.wall_xy[1])
    hall = np.clip(np.float32(0.80) + toward, 0.2, 2.0) * np.float32(rig.ambient)
    mirrored = np.stack([hall, hall, hall])
    scattered = np.full_like(mirrored, rig.ambient)
    for lamp in rig.lamps:
        shine = _highlight(sprite, lamp, top, eye) * sprite.gloss
        matte = _lambert(sprite, lamp, top)
        for channel, strength in enumerate(lamp.colour_bgr.astype(np.float32)):
            mirrored[channel] += shine * strength
            scattered[channel] += matte * strength
    mirrored *= sprite.mirror
    scattered *= sprite.paint
    return np.add(mirrored, scattered, out=mirrored)


def _highlight(sprite: Sprite, lamp: Lamp, top: Matrix, eye: Matrix) -> Field:
    finish = sprite.part.finish
    slope, growth = _half_slope(lamp, top, eye)
    reach = np.linalg.norm(lamp.position - top)
    wide_x, wide_y = (float(size / (2 * reach)) ** 2 for size in lamp.size_m)
    half = sprite.size // 2
    line = np.arange(-half, half + 1, dtype=np.float32) * np.float32(sprite.mm_per_px / 1000)
    off_x = sprite.normal_x - (np.float32(slope[0]) + line[None, :] * np.float32(growth))
    off_y = sprite.normal_y - (np.float32(slope[1]) - line[:, None] * np.float32(growth))
    tx, ty = sprite.tangent_x, sprite.tangent_y
    along, across = off_x * tx + off_y * ty, off_y * tx - off_x * ty
    tx2 = tx * tx
    width_along = np.float32(finish.rough_along**2 + wide_y) + tx2 * np.float32(wide_x - wide_y)
    width_across = np.float32(finish.rough_across**2 + wide_x) + tx2 * np.float32(wide_y - wide_x)
    lobe = cv2.exp(-(along * along / width_along + across * across / width_across))
    return lobe / cv2.sqrt(width_along * width_across) * np.float32(_HIGHLIGHT * lamp.share * 2)


def _half_slope(lamp: Lamp, top: Matrix, eye: Matrix) -> tuple[Matrix, float]:
    """Give the half-vector's slope over the part's middle and its growth per metre."""

    def slope(point: Matrix) -> Matrix:
        to_lamp, to_eye = lamp.position - point, eye - point
        half = to_lamp / np.linalg.norm(to_lamp) + to_eye / np.linalg.norm(to_eye)
        return half[:2] / half[2]

    here = slope(top)
    return here, float((slope(top + np.array([0.05, 0.0, 0.0])) - here)[0] / 0.05)


def _lambert(sprite: Sprite, lamp: Lamp, top: Matrix) -> Field:
    way = lamp.position - top
    lean_x, lean_y = (np.float32(value) for value in way[:2] / way[2])
    light = 1 + sprite.normal_x * lean_x + sprite.normal_y * lean_y
    steep = 1 + sprite.normal_x * sprite.normal_x + sprite.normal_y * sprite.normal_y
    return np.maximum(light, 0) / cv2.sqrt(steep) * np.float32(lamp.share)


def _wall(sprite: Sprite, rig: LightRig, top: Matrix) -> Field:
    """Give the light (3, rows, columns) that side walls would send up at each place."""
    light = np.full_like(sprite.wall_x, 0.30 * rig.ambient)
    for lamp in rig.lamps:
        way = lamp.position - top
        way = way / np.linalg.norm(way)
        facing = sprite.wall_x * np.float32(way[0]) + sprite.wall_y * np.float32(way[1])
        light += np.maximum(facing, 0) * np.float32(0.9 * lamp.share)
    colour = np.array(sprite.part.finish.colour_bgr, np.float32) * np.float32(0.8)
    return light * colour[:, None, None]


def _shadow(sprite: Sprite, rig: LightRig, top: Matrix) -> Picture:
    """Give the gain on the belt round the part: shadows of each lamp, darkness beneath."""
    height = sprite.part.shape.height_mm
    half = int((sprite.part.shape.radius_mm + SHADOW_MARGIN_MM) / SHADOW_MM_PER_PX)
    size = 2 * half + 1
    scale = sprite.mm_per_px / SHADOW_MM_PER_PX
    middle = sprite.size // 2
    alpha = cv2.GaussianBlur(sprite.alpha, (3, 3), 0.8)

    def cast(shift_x: float, shift_y: float) -> Picture:
        move = np.array(
            [
                [scale, 0, half - scale * middle + shift_x / SHADOW_MM_PER_PX],
                [0, scale, half - scale * middle - shift_y / SHADOW_MM_PER_PX],
            ]
        )
        return cv2.warpAffine(alpha, move, (size, size), flags=cv2.INTER_LINEAR)

    foot = cast(0, 0)
    soft = cv2.GaussianBlur(foot, (0, 0), (2.0 + 0.35 * height) / SHADOW_MM_PER_PX)
    light = (1 - soft.astype(np.float32) / 255 * np.float32(0.85)) * np.float32(rig.ambient)
    for lamp in rig.lamps:
        way = lamp.position - top
        lean = -way[:2] / way[2] * height
        dark = foot
        for part_way in (0.35, 0.7, 1.0):
            dark = cv2.max(dark, cast(*(lean * part_way)))
        blur = (1.2 + 0.10 * height) / SHADOW_MM_PER_PX
        dark = cv2.GaussianBlur(dark, (0, 0), blur)
        light += (1 - dark.astype(np.float32) / 255) * np.float32(lamp.share)
    total = rig.ambient + sum(lamp.share for lamp in rig.lamps)
    return encode(light / np.float32(total))
