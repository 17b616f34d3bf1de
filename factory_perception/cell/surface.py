"""The surface of one part while it is being made: what shapes, finishes and defects work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Field


@dataclass
class Surface:
    """Fields over a square grid, columns along world +x and rows along world -y.

    ``x`` and ``y`` are the places in the part's own frame in millimetres. ``edge`` is the distance
    to the nearest edge, negative in the material; ``whole`` the same before anything broke off.
    ``height`` is in millimetres, ``lean_x`` and ``lean_y`` are slopes on top of those of the
    height, along world x and y. ``colour`` is linear (rows, columns, 3) BGR; ``metal`` and
    ``gloss`` go from 0 to 1 and above.
    """

    x: Field
    y: Field
    mm_per_px: float
    edge: Field
    whole: Field
    height: Field
    lean_x: Field
    lean_y: Field
    colour: Field
    metal: Field
    gloss: Field

    @property
    def shape(self) -> tuple[int, int]:
        """Give the number of rows and columns."""
        rows, columns = self.x.shape
        return rows, columns


def grid(reach_mm: float, mm_per_px: float, yaw_rad: float) -> tuple[Field, Field]:
    """Give the part's own coordinates on a grid whose middle is the part's origin."""
    half = int(np.ceil(reach_mm / mm_per_px))
    line = np.arange(-half, half + 1, dtype=np.float32) * np.float32(mm_per_px)
    world_x, world_y = line[None, :], -line[:, None]
    c, s = np.float32(np.cos(yaw_rad)), np.float32(np.sin(yaw_rad))
    return c * world_x + s * world_y, c * world_y - s * world_x
