"""Missing holes: one of the expected holes was never made, or only spotted with the drill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Mask
from factory_perception.cell.shapes import Hole, Shape, step
from factory_perception.cell.surface import Surface


@dataclass(frozen=True)
class MissingHole:
    """The hole that is not there; ``spotted`` leaves the small mark of the centre drill."""

    forgotten: int
    hole: Hole
    spotted: bool
    kind: str = 'missing_hole'

    def carve(self, surface: Surface) -> None:
        """Leave the outline as it is: the hole was left out before."""

    def paint(self, surface: Surface) -> Mask:
        """Leave the drill's mark; give where the hole should be."""
        away = self.hole.distance(surface.x, surface.y)
        if self.spotted:
            dot = step(away + np.float32(self.hole.radius_mm - 1.6), 1.2)
            surface.colour *= (1 - 0.8 * dot)[..., None]
            surface.gloss *= 1 - 0.6 * dot
        return away < 1.0


def make_missing_hole(rng: np.random.Generator, shape: Shape) -> MissingHole:
    """Choose the hole that is missing among those that can be."""
    choices = [index for index, hole in enumerate(shape.holes) if hole.removable]
    index = int(rng.choice(choices))
    return MissingHole(index, shape.holes[index], bool(rng.random() < 0.5))
