"""Outlines as signed distances: millimetres to the edge, negative inside the material.

Distances of exact primitives after the usual closed forms; combinations by minimum and maximum are
exact at the edge and a bound elsewhere, which is all that drawing needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from factory_perception.cell.arrays import Field

Field = Field


@dataclass(frozen=True)
class Hole:
    """A round hole, or a slot where ``length_mm`` is the way between its two round ends.

    ``removable`` holes can be forgotten by a careless machine: the defect ``missing_hole``.
    """

    x_mm: float
    y_mm: float
    radius_mm: float
    length_mm: float = 0.0
    angle_rad: float = 0.0
    removable: bool = False
    countersink_mm: float = 0.0

    def distance(self, x: Field, y: Field) -> Field:
        """Give the distance to the hole's edge, negative in the hole."""
        x, y = x - self.x_mm, y - self.y_mm
        if self.length_mm:
            along = np.array([np.cos(self.angle_rad), np.sin(self.angle_rad)], np.float32)
            way = np.clip(x * along[0] + y * along[1], -self.length_mm / 2, self.length_mm / 2)
            x, y = x - way * along[0], y - way * along[1]
        return np.hypot(x, y) - np.float32(self.radius_mm)


class Shape(Protocol):
    """The geometry of a part in its own frame: flat, its middle in the origin."""

    @property
    def radius_mm(self) -> float:
        """Give the radius of a circle about the origin that holds the part."""

    @property
    def height_mm(self) -> float:
        """Give the height of the top face above the belt."""

    @property
    def holes(self) -> tuple[Hole, ...]:
        """List the holes and slots."""

    @property
    def turned(self) -> bool:
        """Say whether the tool marks run round the middle (else along the part's x axis)."""

    def outline(self, x: Field, y: Field) -> Field:
        """Give the signed distance to the outer edge, without holes."""

    def relief(self, x: Field, y: Field) -> Field:
        """Give the height of the surface above or below the top face, in millimetres."""


def disc(x: Field, y: Field, radius: float) -> Field:
    """Give the distance to a circle about the origin."""
    return np.hypot(x, y) - np.float32(radius)


def rounded_box(x: Field, y: Field, half_x: float, half_y: float, corner: float) -> Field:
    """Give the distance to a rectangle about the origin with rounded corners."""
    dx = np.abs(x) - np.float32(half_x - corner)
    dy = np.abs(y) - np.float32(half_y - corner)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return outside + np.minimum(np.maximum(dx, dy), 0) - np.float32(corner)


def step(distance: Field, width: float) -> Field:
    """Rise from 0 to 1 as a distance goes from ``width / 2`` to ``-width / 2``, smoothly."""
    ramp = np.clip(0.5 - distance / np.float32(width), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def material(shape: Shape, x: Field, y: Field, forgotten: int | None = None) -> Field:
    """Give the distance to the nearest edge of a part with its holes, negative in the material.

    Args:
        shape: the part.
        x: places in the part's frame, in millimetres.
        y: the same, of the same shape.
        forgotten: the index of a hole that was never made.
    """
    edge = shape.outline(x, y)
    for index, hole in enumerate(shape.holes):
        if index != forgotten:
            edge = np.maximum(edge, -hole.distance(x, y))
    return edge
