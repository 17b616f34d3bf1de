"""Flanges: round or square plates with a bore, a hub or a recess, and a circle of bolt holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.config import PartConfig
from factory_perception.cell.shapes import disc, Field, Hole, rounded_box, step


@dataclass(frozen=True)
class Flange:
    """A flange; ``square_mm`` is half the side of a square plate, 0 for a round one."""

    radius_mm: float
    height_mm: float
    square_mm: float
    corner_mm: float
    hub_mm: float
    hub_rise_mm: float
    rim_mm: float
    holes: tuple[Hole, ...]
    turned: bool = True

    def outline(self, x: Field, y: Field) -> Field:
        """Give the signed distance to the outer edge, without holes."""
        if self.square_mm:
            return rounded_box(x, y, self.square_mm, self.square_mm, self.corner_mm)
        return disc(x, y, self.radius_mm)

    def relief(self, x: Field, y: Field) -> Field:
        """Give the hub and the sealing face above the top face, in millimetres."""
        ring = np.hypot(x, y)
        height = step(ring - np.float32(self.hub_mm), 2.4) * np.float32(self.hub_rise_mm)
        groove = np.abs(ring - np.float32(self.rim_mm)) - 0.9
        return height - step(groove, 1.6) * np.float32(0.7)


def make_flange(rng: np.random.Generator, sizes: PartConfig) -> Flange:
    """Draw a flange within the given sizes."""
    radius = rng.uniform(*sizes.diameter_mm) / 2
    square = rng.random() < 0.28
    count = 4 if square else int(rng.integers(sizes.holes[0], sizes.holes[1] + 1))
    hole = rng.uniform(*sizes.hole_mm) / 2
    corner = rng.uniform(0.20, 0.30) * radius
    side = (radius + corner * (np.sqrt(2) - 1)) / np.sqrt(2) if square else 0.0
    margin = hole + rng.uniform(3.5, 5.0)
    circle = radius - margin - (corner * 0.3 if square else 0.0)
    start = np.pi / 4 if square else rng.uniform(0, 2 * np.pi)
    sink = rng.uniform(0.6, 2.0)
    bolts = tuple(
        Hole(
            float(circle * np.cos(start + turn)),
            float(circle * np.sin(start + turn)),
            hole,
            removable=True,
            countersink_mm=sink,
        )
        for turn in np.arange(count) * 2 * np.pi / count
    )
    bore = rng.uniform(0.20, 0.34) * radius
    hub = min(bore + rng.uniform(5.0, 9.0), circle - hole - 3.0)
    rise = rng.choice([-1.6, 1.8, 2.6]) if hub > bore + 3 else 0.0
    middle = Hole(0.0, 0.0, bore, countersink_mm=rng.uniform(0.6, 1.6))
    rim = (hub + circle - hole) / 2 if rng.random() < 0.6 else radius * 4
    return Flange(
        radius,
        rng.uniform(*sizes.height_mm),
        side,
        corner,
        hub,
        float(rise),
        rim,
        (middle, *bolts),
    )
