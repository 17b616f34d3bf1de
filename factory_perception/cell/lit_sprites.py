"""Sprites that are drawn once and lit at few places: what makes video of moving parts cheap."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.camera import Camera
from factory_perception.cell.light import LightRig
from factory_perception.cell.parts import Part
from factory_perception.cell.shading import shade, Shaded
from factory_perception.cell.sprite import make_sprite, Sprite

#: Light on a part is worked out at places so far apart along the belt, and mixed between them.
KEY_M = 0.15
_KEPT = 48


@dataclass
class _Lit:
    part: Part
    sprite: Sprite
    y_m: float
    keys: dict[int, Shaded]


class LitSprites:
    """The sprites of the parts in view, for one camera and one set of lamps."""

    def __init__(self, camera: Camera, rig: LightRig, belt_z_m: float, mm_per_px: float) -> None:
        self._camera, self._rig, self._belt_z = camera, rig, belt_z_m
        self._mm_per_px = mm_per_px
        self._lit: OrderedDict[tuple[int, int], _Lit] = OrderedDict()

    def at(self, part: Part, x_m: float, y_m: float) -> tuple[Sprite, Shaded]:
        """Give a part's sprite and its look at a place on the belt."""
        lit = self._find(part, y_m)
        low = int(np.floor(x_m / KEY_M))
        first, second = self._key(lit, low), self._key(lit, low + 1)
        for old in [key for key in lit.keys if key not in (low, low + 1)]:
            del lit.keys[old]
        weight = x_m / KEY_M - low
        return lit.sprite, Shaded(
            cv2.addWeighted(first.bgr, 1 - weight, second.bgr, weight, 0),
            cv2.addWeighted(first.shadow, 1 - weight, second.shadow, weight, 0),
        )

    def once(self, part: Part, x_m: float, y_m: float) -> tuple[Sprite, Shaded]:
        """Give the same for a part that is looked at only once, lit exactly at its place."""
        sprite = make_sprite(part, self._mm_per_px)
        place = np.array([x_m, y_m, self._belt_z])
        return sprite, shade(sprite, self._rig, place, self._camera.position)

    def _find(self, part: Part, y_m: float) -> _Lit:
        name = (part.number, part.seed)
        lit = self._lit.get(name)
        if lit is None or lit.y_m != y_m or lit.part != part:
            lit = _Lit(part, make_sprite(part, self._mm_per_px), y_m, {})
            self._lit[name] = lit
            if len(self._lit) > _KEPT:
                self._lit.popitem(last=False)
        self._lit.move_to_end(name)
        return lit

    def _key(self, lit: _Lit, index: int) -> Shaded:
        if index not in lit.keys:
            place = np.array([index * KEY_M, lit.y_m, self._belt_z])
            lit.keys[index] = shade(lit.sprite, self._rig, place, self._camera.position)
        return lit.keys[index]
