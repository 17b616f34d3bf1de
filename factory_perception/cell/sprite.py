"""Sprites: a part seen from above, as fields that any light can fall on.

A part lies still on the belt, so its sprite already has the part's yaw; only its place changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Field, Picture
from factory_perception.cell.defects import Defect
from factory_perception.cell.finish import Finish
from factory_perception.cell.grain import clouds, rings, streaks
from factory_perception.cell.parts import Part
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import material, Shape
from factory_perception.cell.surface import grid, Surface

#: Room round the part for its side walls, which the camera sees beside the top face.
MARGIN_MM = 15.0
_BEVEL_MM = 1.9


@dataclass(frozen=True)
class Sprite:
    """Fields (rows, columns) over a grid whose middle is the part's origin; see ``Surface``.

    ``mirror`` and ``paint`` are (3, rows, columns): the colours that reflect like metal and like
    paint. ``normal_*`` is the surface normal divided by its z; ``tangent_*`` the direction of the
    tool marks; ``wall_*`` the outward direction of the nearest side wall; ``alpha`` the coverage of
    the top face; ``defect_masks`` says where each of the part's defects is.
    """

    part: Part
    mm_per_px: float
    alpha: Cover
    mirror: Field
    paint: Field
    gloss: Field
    normal_x: Field
    normal_y: Field
    tangent_x: Field
    tangent_y: Field
    wall_x: Field
    wall_y: Field
    defect_masks: tuple[Cover, ...]

    @property
    def size(self) -> int:
        """Give the number of rows, which is the number of columns."""
        return self.alpha.shape[0]


def make_sprite(part: Part, mm_per_px: float) -> Sprite:
    """Draw a part at a resolution."""
    surface = _blank(part, mm_per_px)
    for defect in part.defects:
        defect.carve(surface)
    wall_x, wall_y = _slopes(surface.edge, mm_per_px)
    length = np.maximum(np.hypot(wall_x, wall_y), 1e-3)
    wall_x, wall_y = wall_x / length, wall_y / length
    _tool_marks(surface, part)
    masks = tuple(_paint(defect, surface) for defect in part.defects)
    rise_x, rise_y = _slopes(surface.height, mm_per_px)
    bevel = _bevel(surface, part)
    return Sprite(
        part,
        mm_per_px,
        (np.clip(0.5 - surface.edge / np.float32(mm_per_px), 0, 1) * 255).astype(np.uint8),
        *_colours(surface),
        surface.gloss,
        surface.lean_x - rise_x + bevel * wall_x,
        surface.lean_y - rise_y + bevel * wall_y,
        *_tangents(surface, part.shape, part.yaw_rad),
        wall_x,
        wall_y,
        masks,
    )


def _blank(part: Part, mm_per_px: float) -> Surface:
    shape = part.shape
    x, y = grid(shape.radius_mm + MARGIN_MM, mm_per_px, part.yaw_rad)
    forgotten = [d.forgotten for d in part.defects if d.forgotten is not None]
    edge = material(shape, x, y, forgotten[0] if forgotten else None)
    colour = np.empty((*x.shape, 3), np.float32)
    colour[:] = part.finish.colour_bgr
    metal = np.full_like(x, part.finish.metal)
    zero = np.zeros_like(x)
    return Surface(
        x,
        y,
        mm_per_px,
        edge,
        edge,
        shape.relief(x, y),
        zero,
        zero.copy(),
        colour,
        metal,
        np.ones_like(x),
    )


def _paint(defect: Defect, surface: Surface) -> Picture:
    return defect.paint(surface).astype(np.uint8) * np.uint8(255)


def _slopes(field: Field, mm_per_px: float) -> tuple[Field, Field]:
    """Give the derivatives along world x and y; rows go along world -y."""
    scale = 1 / (8 * mm_per_px)
    return (
        cv2.Sobel(field, cv2.CV_32F, 1, 0, ksize=3, scale=scale),
        cv2.Sobel(field, cv2.CV_32F, 0, 1, ksize=3, scale=-scale),
    )


def _bevel(surface: Surface, part: Part) -> Field:
    """Give how far the surface leans outward near its edges and round its holes."""
    lean = np.clip(1 + surface.edge / np.float32(_BEVEL_MM), 0, 1)
    for index, hole in enumerate(part.shape.holes):
        gone = any(defect.forgotten == index for defect in part.defects)
        if hole.countersink_mm > 1.2 and not gone:
            near = hole.distance(surface.x, surface.y) / np.float32(hole.countersink_mm * 1.6)
            lean = np.maximum(lean, np.clip(1.25 - near, 0, 1) * (near > -0.5))
    return lean * np.float32(0.9)


def _colours(surface: Surface) -> tuple[Field, Field]:
    """Split the colour into what mirrors (all metal, a little of any paint) and what scatters."""
    colour = surface.colour.transpose(2, 0, 1) * _crevices(surface.height, surface.mm_per_px)
    paint = np.ascontiguousarray(colour * (1 - surface.metal))
    return np.ascontiguousarray(colour * surface.metal + 0.035 * (1 - surface.metal)), paint


def _crevices(height: Field, mm_per_px: float) -> Field:
    """Give how much of the sky a place sees: less beside a step (ambient occlusion)."""
    around = cv2.GaussianBlur(height, (0, 0), 3.0 / mm_per_px)
    return np.clip(1 - 0.42 * np.maximum(around - height, 0), 0.35, 1)


def _tangents(surface: Surface, shape: Shape, yaw_rad: float) -> tuple[Field, Field]:
    c, s = np.float32(np.cos(yaw_rad)), np.float32(np.sin(yaw_rad))
    if not shape.turned:
        return np.full_like(surface.x, c), np.full_like(surface.x, s)
    ring = np.maximum(np.hypot(surface.x, surface.y), 1e-3)
    along_x, along_y = -surface.y / ring, surface.x / ring
    return c * along_x - s * along_y, s * along_x + c * along_y


def _tool_marks(surface: Surface, part: Part) -> None:
    """Add the marks of the lathe or the brush, and the handling of the surface."""
    finish: Finish = part.finish
    rng = stream(part.seed, 'tool marks')
    soft = clouds(rng, surface.shape, 5.0)
    if part.shape.turned:
        marks = rings(rng, np.hypot(surface.x, surface.y) / np.float32(surface.mm_per_px))
        marks = 0.7 * marks + 0.45 * clouds(rng, surface.shape, 0.0)
    else:
        marks = streaks(rng, surface.shape, part.yaw_rad)
    if finish.rough_along == finish.rough_across:
        marks = clouds(rng, surface.shape, 0.7)
    across_x, across_y = _tangents(surface, part.shape, part.yaw_rad)
    lean = marks * np.float32(0.055 * finish.grain)
    surface.lean_x -= lean * across_y
    surface.lean_y += lean * across_x
    tone = 1 + np.float32(0.035) * soft + np.float32(0.05 * finish.grain) * marks
    surface.colour *= tone[..., None]
    surface.gloss *= 1 + np.float32(0.10) * clouds(rng, surface.shape, 12.0)
