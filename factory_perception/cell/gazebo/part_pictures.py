"""The pictures on the parts and on the belt, drawn as the embedded cell draws them."""

from __future__ import annotations

import cv2
import numpy as np

from factory_perception.cell.arrays import Picture
from factory_perception.cell.belt import belt_texture, BeltLook
from factory_perception.cell.camera import camera_of
from factory_perception.cell.config import CellConfig
from factory_perception.cell.light import rig_of
from factory_perception.cell.parts import Part
from factory_perception.cell.shading import shade
from factory_perception.cell.sprite import make_sprite, Sprite

#: Half a camera pixel: fine enough for defects, and a picture stays below 100 kB.
MM_PER_PX = 0.6
_BELT_ROWS = 256


def sprite_of(part: Part) -> Sprite:
    """Draw a part at the resolution of the files."""
    return make_sprite(part, MM_PER_PX)


def part_picture(sprite: Sprite, config: CellConfig) -> Picture:
    """Give the lit part, uint8 (rows, columns, 3) BGR, as it looks in the middle of the belt."""
    camera = camera_of(config.camera)
    place = np.array([0.0, 0.0, config.belt.top_z_m])
    return shade(sprite, rig_of(config.lights), place, camera.position).bgr


def belt_picture(config: CellConfig) -> Picture:
    """Give a piece of the belt as long as the conveyor, uint8 (rows, columns, 3) BGR."""
    whole = belt_texture(BeltLook(), config.belt.loop_m, config.belt.width_m, seed=0)
    columns = round(_BELT_ROWS * config.belt.length_m / config.belt.width_m)
    share = config.belt.length_m / config.belt.loop_m
    piece = whole[:, : round(whole.shape[1] * min(share, 1.0))]
    return cv2.resize(piece, (columns, _BELT_ROWS), interpolation=cv2.INTER_AREA)
