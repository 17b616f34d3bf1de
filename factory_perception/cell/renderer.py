"""The picture of the overhead camera, and what is really in it."""

from __future__ import annotations

from dataclasses import dataclass
import math

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Matrix, Picture
from factory_perception.cell.backdrop import Backdrop
from factory_perception.cell.belt import belt_texture, BeltLook
from factory_perception.cell.camera import Camera, camera_of
from factory_perception.cell.config import CellConfig
from factory_perception.cell.lens import CameraState, develop, LightGain
from factory_perception.cell.light import LightRig, rig_of
from factory_perception.cell.lit_sprites import LitSprites
from factory_perception.cell.parts import Part, PARTS
from factory_perception.cell.placement import grid_map, Window, window_of, with_walls
from factory_perception.cell.seeds import stream
from factory_perception.cell.shading import Shaded, SHADOW_MM_PER_PX
from factory_perception.cell.sprite import Sprite
from factory_perception.cell.surroundings import draw_surroundings, Surroundings
from factory_perception.cell.truth import IDS_PER_PART, Truth, TruthBuilder

#: The pixel of a sprite over the pixel of the picture.
_FINER = 0.75
_HALF = 127
_RAILS = 255


@dataclass(frozen=True)
class Placed:
    """A part on the belt: the world place of its middle, in metres."""

    part: Part
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Scene:
    """What lies under the camera, at most 254 things; ``travel_m`` is the way the belt has gone."""

    parts: tuple[Placed, ...] = ()
    travel_m: float = 0.0


@dataclass(frozen=True)
class _Drawn:
    """A thing in the picture: its number in the order map, its window and its coverage there."""

    sprite: Sprite
    number: int
    window: Window
    local: Matrix
    cover: Cover


class Renderer:
    """Draws scenes for one camera, one set of lamps, one belt and one pair of rails.

    To be used by one thread at a time.
    """

    def __init__(
        self,
        config: CellConfig,
        seed: int = 0,
        camera: Camera | None = None,
        rig: LightRig | None = None,
        belt: Picture | None = None,
        rails: Surroundings | None = None,
        vignette: float = 0.22,
        video: bool = True,
    ) -> None:
        """Prepare everything that is the same in all frames.

        Args:
            config: the cell; its camera, lamps and belt are used where none are given.
            seed: makes the belt, the rails and the noise.
            camera: another camera.
            rig: other lamps.
            belt: another belt, as ``belt_texture`` gives it.
            rails: other surroundings, drawn for the same camera.
            vignette: the loss of light in the corners of the picture.
            video: keep the sprites of parts, to be seen again a little further on.
        """
        self.camera = camera or camera_of(config.camera)
        rig = rig or rig_of(config.lights)
        if belt is None:
            belt = belt_texture(BeltLook(), config.belt.loop_m, config.belt.width_m, seed)
        rails = rails or draw_surroundings(self.camera, config.belt, seed)
        self._seed, self._video, self._belt_z = seed, video, config.belt.top_z_m
        self._backdrop = Backdrop(self.camera, belt, self._belt_z, rails, video)
        self._light_gain = LightGain(self._backdrop.light_gain(rig, vignette))
        self._view = self.camera.plane_homography(self._belt_z)
        mm_per_px = 1000 / self.camera.pixels_per_metre(self._belt_z) * _FINER
        self._sprites = LitSprites(self.camera, rig, self._belt_z, mm_per_px)
        self._bend = _distortion_maps(self.camera) if self.camera.distorted else None

    def render(
        self, scene: Scene, state: CameraState, moment: int = 0, with_masks: bool = False
    ) -> tuple[Picture, Truth]:
        """Draw one frame.

        Args:
            scene: the parts on the belt and the belt's way.
            state: exposure, blur, noise and dirt of the camera.
            moment: any whole number from 0; frames of different moments have different noise.
            with_masks: also give the mask of every visible thing.

        Returns:
            The picture, uint8 (rows, columns, 3) BGR, and the truth.
        """
        picture = self._backdrop.draw_belt(scene.travel_m)
        lit = [(placed, *self._light(placed)) for placed in self._far_first(scene)]
        for placed, _, shaded in lit:
            self._draw_shadow(picture, placed, shaded.shadow)
        order: Cover = np.zeros(picture.shape[:2], np.uint8)
        drawn = [
            thing
            for number, (placed, sprite, shaded) in enumerate(lit, 1)
            if (thing := self._draw_part(picture, order, number, placed, sprite, shaded))
        ]
        rails = self._backdrop.rails
        picture = cv2.copyTo(rails.bgr, rails.mask, picture)
        order = cv2.max(order, rails.mask)
        if self._bend is not None:
            picture = cv2.remap(picture, *self._bend, cv2.INTER_LINEAR)
            order = cv2.remap(order, *self._bend, cv2.INTER_NEAREST)
        truth = self._truth(drawn, order, with_masks)
        noise = stream(self._seed, 'noise', moment)
        return develop(picture, self._light_gain, state, noise), truth

    def _far_first(self, scene: Scene) -> list[Placed]:
        """List the parts near the picture, those first that others may hide.

        A part hides what is behind it as seen from the point below the camera.
        """
        scale = self.camera.pixels_per_metre(self._belt_z)
        width, height = self.camera.size_wh
        near = []
        for placed in scene.parts:
            u, v, w = (self._view @ (placed.x_m, placed.y_m, 1.0)).tolist()
            reach = (placed.part.shape.radius_mm + 60) / 1000 * scale * 1.1
            if -reach < u / w < width + reach and -reach < v / w < height + reach:
                near.append(placed)
        x, y, _ = self.camera.position.tolist()
        return sorted(near, key=lambda one: -math.hypot(one.x_m - x, one.y_m - y))

    def _light(self, placed: Placed) -> tuple[Sprite, Shaded]:
        look = self._sprites.at if self._video else self._sprites.once
        return look(placed.part, placed.x_m, placed.y_m)

    def _draw_shadow(self, picture: Picture, placed: Placed, shadow: Cover) -> None:
        place = (placed.x_m, placed.y_m, self._belt_z)
        matrix = grid_map(self.camera, place, len(shadow), SHADOW_MM_PER_PX)
        window = window_of(matrix, len(shadow), self.camera.size_wh)
        if window is None:
            return
        matrix[:, 2] -= window.corner_xy
        gain = cv2.warpAffine(
            shadow, matrix, window.size_wh, borderMode=cv2.BORDER_CONSTANT, borderValue=255
        )[window.inside]
        gain3 = cv2.merge([gain, gain, gain])
        picture[window.outside] = cv2.multiply(picture[window.outside], gain3, scale=1 / 255)

    def _draw_part(
        self,
        picture: Picture,
        order: Cover,
        number: int,
        placed: Placed,
        sprite: Sprite,
        shaded: Shaded,
    ) -> _Drawn | None:
        foot = (placed.x_m, placed.y_m, self._belt_z)
        top = (*foot[:2], self._belt_z + sprite.part.shape.height_mm / 1000)
        matrix = grid_map(self.camera, top, sprite.size, sprite.mm_per_px)
        window = window_of(matrix, sprite.size, self.camera.size_wh)
        if window is None:
            return None
        matrix[:, 2] -= window.corner_xy
        body = with_walls(sprite, self.camera, foot)
        cover = cv2.warpAffine(body, matrix, window.size_wh)
        colour = cv2.warpAffine(shaded.bgr, matrix, window.size_wh)[window.inside]
        seen = cover[window.inside]
        solid = cv2.merge([seen, seen, seen])
        behind = cv2.multiply(picture[window.outside], cv2.bitwise_not(solid), scale=1 / 255)
        picture[window.outside] = cv2.add(cv2.multiply(colour, solid, scale=1 / 255), behind)
        order[window.outside][seen > _HALF] = number
        return _Drawn(sprite, number, window, matrix, cover)

    def _truth(self, drawn: list[_Drawn], order: Cover, with_masks: bool) -> Truth:
        builder = TruthBuilder(self.camera.size_wh, with_masks)
        for thing in drawn:
            part = thing.sprite.part
            if part.kind not in PARTS:
                continue
            identity = part.number * IDS_PER_PART
            total = cv2.countNonZero((thing.cover > _HALF).view(np.uint8))
            there, corner = self._cut(order, thing.window)
            own = (there == thing.number).view(np.uint8)
            if not builder.add(part.kind, identity, identity, own, corner, total):
                continue
            free = own | (there == 0).view(np.uint8)
            for index, mask in enumerate(thing.sprite.defect_masks, 1):
                flaw = cv2.warpAffine(mask, thing.local, thing.window.size_wh)
                flaw = (flaw > _HALF).view(np.uint8)
                total = cv2.countNonZero(flaw)
                kind = part.defects[index - 1].kind
                seen = self._bent(flaw, thing.window) * free
                builder.add(kind, identity + index, identity, seen, corner, total)
        return builder.truth()

    def _cut(self, order: Cover, window: Window) -> tuple[Picture, tuple[int, int]]:
        """Give the part of the order map where a thing can be, and its first pixel."""
        if self._bend is not None:
            return order, (0, 0)
        rows, columns = window.outside
        return order[rows, columns], (columns.start, rows.start)

    def _bent(self, mask: Cover, window: Window) -> Picture:
        """Give a mask in a window as the lens shows it, on the pixels of ``_cut``."""
        if self._bend is None:
            return mask[window.inside]
        whole = np.zeros(self.camera.size_wh[::-1], np.uint8)
        whole[window.outside] = mask[window.inside]
        return cv2.remap(whole, *self._bend, cv2.INTER_NEAREST)


def _distortion_maps(camera: Camera) -> tuple[Matrix, Matrix]:
    """Give for every pixel of the real lens the place in the picture of an ideal one."""
    width, height = camera.size_wh
    u, v = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    pixels = np.stack([u, v], -1).reshape(-1, 1, 2)
    ideal = cv2.undistortPoints(pixels, camera.matrix, camera.distortion, P=camera.matrix)
    maps = ideal.reshape(height, width, 2)
    first, second = cv2.convertMaps(maps[..., 0], maps[..., 1], cv2.CV_16SC2)
    return first, second
