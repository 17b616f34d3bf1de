"""Spur gears: teeth, a recessed web with lightening holes, a hub with bore and keyway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.config import PartConfig
from factory_perception.cell.shapes import Field, Hole, step


@dataclass(frozen=True)
class Gear:
    """A spur gear; the teeth lie between ``root_mm`` and ``radius_mm``."""

    radius_mm: float
    height_mm: float
    root_mm: float
    teeth: int
    hub_mm: float
    rim_mm: float
    web_drop_mm: float
    holes: tuple[Hole, ...]
    turned: bool = True

    def outline(self, x: Field, y: Field) -> Field:
        """Give the signed distance to the teeth; flanks are trapezoids in polar coordinates."""
        ring = np.hypot(x, y)
        phase = np.arctan2(y, x) * np.float32(self.teeth / (2 * np.pi))
        saw = np.abs(phase - np.round(phase)) * 4 - 1  # -1 on the tooth, +1 in the gap
        depth = np.float32(self.radius_mm - self.root_mm)
        edge = np.float32(self.root_mm) + depth * np.clip(0.5 - saw * 1.15, 0, 1)
        radial = ring - edge
        flank = np.abs(saw * 1.15) < 0.5
        slant = depth * np.float32(1.15 * 4 * self.teeth / (2 * np.pi)) / np.maximum(ring, 1)
        tooth = np.where(flank, radial / np.sqrt(1 + slant * slant), radial)
        return np.minimum(tooth, ring - np.float32(self.root_mm))

    def relief(self, x: Field, y: Field) -> Field:
        """Give the recessed web between the hub and the rim, in millimetres."""
        ring = np.hypot(x, y)
        middle = np.float32((self.hub_mm + self.rim_mm) / 2)
        half = np.float32((self.rim_mm - self.hub_mm) / 2)
        return -step(np.abs(ring - middle) - half, 2.4) * np.float32(self.web_drop_mm)


def make_gear(rng: np.random.Generator, sizes: PartConfig) -> Gear:
    """Draw a gear within the given sizes."""
    radius = rng.uniform(*sizes.diameter_mm) / 2
    fewest, most = sizes.teeth
    teeth = int(rng.integers(fewest, most + 1))
    root = radius - np.clip(4.4 * radius / teeth, 4.6, 9.0)
    hole = rng.uniform(*sizes.hole_mm) / 2
    bore = rng.uniform(0.15, 0.24) * radius
    hub, rim = bore + rng.uniform(3.5, 5.5), root - rng.uniform(3.0, 4.5)
    hole = min(hole, (rim - hub) / 2 - 1.0)
    circle = (hub + rim) / 2
    fits = int(2 * np.pi * circle / (2.0 * hole + 5.0))
    count = min(int(rng.integers(sizes.holes[0], sizes.holes[1] + 1)), fits)
    start = rng.uniform(0, 2 * np.pi)
    web = tuple(
        Hole(
            float(circle * np.cos(start + turn)),
            float(circle * np.sin(start + turn)),
            hole,
            removable=True,
            countersink_mm=0.8,
        )
        for turn in np.arange(count) * 2 * np.pi / count
    )
    key = rng.uniform(0, 2 * np.pi)
    middle = (
        Hole(0.0, 0.0, bore, countersink_mm=1.0),
        Hole(float(bore * np.cos(key)), float(bore * np.sin(key)), 0.28 * bore),
    )
    drop = rng.uniform(1.2, 2.6)
    return Gear(radius, rng.uniform(*sizes.height_mm), root, teeth, hub, rim, drop, (*middle, *web))
