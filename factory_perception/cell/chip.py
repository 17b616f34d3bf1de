"""Chips: a bite broken out of the outer edge, with a rough, dull rim of fracture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Field, Mask
from factory_perception.cell.grain import clouds
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import Shape
from factory_perception.cell.surface import Surface

RIM_MM = 2.2
#: Places spread evenly over the unit disc (a sunflower).
_DISC = np.sqrt((np.arange(80) + 0.5) / 80) * np.array(
    [np.cos(np.arange(80) * 2.39996), np.sin(np.arange(80) * 2.39996)]
)
_DISC = _DISC.astype(np.float32)


@dataclass(frozen=True)
class Chip:
    """A bite about (x, y) in the part's frame; ``lobes`` are waves on its edge."""

    x_mm: float
    y_mm: float
    radius_mm: float
    lobes: tuple[tuple[int, float, float], ...]
    seed: int
    kind: str = 'chip'
    forgotten: int | None = None

    def distance(self, x: Field, y: Field) -> Field:
        """Give the distance to the bite's edge, negative in the bite."""
        x, y = x - np.float32(self.x_mm), y - np.float32(self.y_mm)
        angle = np.arctan2(y, x)
        radius = np.full_like(x, self.radius_mm)
        for waves, share, phase in self.lobes:
            radius += np.float32(self.radius_mm * share) * np.cos(waves * angle + np.float32(phase))
        return np.hypot(x, y) - radius

    def carve(self, surface: Surface) -> None:
        """Take the bite out of the material."""
        bite = self.distance(surface.x, surface.y)
        rough = clouds(stream(self.seed, 'chip'), surface.shape, 1.5)
        surface.edge = np.maximum(surface.edge, -(bite + 0.5 * rough))

    def paint(self, surface: Surface) -> Mask:
        """Roughen the rim; give where material is missing or broken."""
        bite = self.distance(surface.x, surface.y)
        rim = np.clip(1 - bite / np.float32(RIM_MM), 0, 1) * (bite > -2.5)
        rng = stream(self.seed, 'chip rim')
        surface.lean_x += rim * clouds(rng, surface.shape, 1.5) * np.float32(0.5)
        surface.lean_y += rim * clouds(rng, surface.shape, 1.5) * np.float32(0.5)
        surface.height -= rim * rim * np.float32(1.6)
        grey = surface.colour.mean(2, keepdims=True) * np.float32(0.55) + np.float32(0.10)
        surface.colour += (grey - surface.colour) * (0.85 * rim)[..., None]
        surface.metal += rim * (np.float32(0.5) - surface.metal)
        surface.gloss *= 1 - 0.7 * rim
        return (bite < RIM_MM * 0.4) & (surface.whole < 0)


def make_chip(rng: np.random.Generator, shape: Shape, least_mm: float) -> Chip:
    """Draw a chip at the outer edge, away from holes, at least ``least_mm`` wide and deep."""
    radius = max(rng.uniform(10.0, 15.0), least_mm * 1.05)
    best: tuple[float, float, float] | None = None
    for _ in range(40):
        x, y = _edge_point(rng, shape, rng.uniform(-0.25, 0.15) * radius)
        missing = float(np.mean(shape.outline(x + radius * _DISC[0], y + radius * _DISC[1]) < 0))
        if not 0.42 < missing < 0.70:
            continue  # too little would be missing, or it would be a hole and no chip
        spot = np.array([x], np.float32), np.array([y], np.float32)
        free = min(float(hole.distance(*spot)[0]) for hole in shape.holes)
        if best is None or free > best[0]:
            best = (free, x, y)
        if free > radius + 1.5:
            break
    if best is None:
        best = (0.0, *_edge_point(rng, shape, 0.0))
    lobes = tuple(
        (waves, float(rng.uniform(0.03, 0.16 / waves**0.5)), float(rng.uniform(0, 2 * np.pi)))
        for waves in (2, 3, 5, 7)
    )
    return Chip(best[1], best[2], float(radius), lobes, int(rng.integers(2**31)))


def _edge_point(rng: np.random.Generator, shape: Shape, outside: float) -> tuple[float, float]:
    """Give a place just outside the outer edge, on a ray from the middle."""
    angle = rng.uniform(0, 2 * np.pi)
    reach = np.linspace(shape.radius_mm, 0, 120, dtype=np.float32)
    x, y = np.cos(angle) * reach, np.sin(angle) * reach
    first = int(np.argmax(shape.outline(x, y) < 0))
    reach_mm = float(reach[first]) + outside
    return float(np.cos(angle) * reach_mm), float(np.sin(angle) * reach_mm)
