"""Stains: blotches of oil, rust or dried coolant with a ragged edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Mask
from factory_perception.cell.grain import clouds
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import material, Shape, step
from factory_perception.cell.surface import Surface


@dataclass(frozen=True)
class _Look:
    colour_bgr: tuple[float, float, float]
    cover: float
    metal: float
    gloss: float
    mottled: float


_LOOKS = {
    'oil': _Look((0.012, 0.022, 0.035), 0.90, 0.12, 0.9, 0.12),
    'rust': _Look((0.025, 0.085, 0.26), 0.92, 0.05, 0.15, 0.45),
    'coolant': _Look((0.62, 0.68, 0.66), 0.85, 0.03, 0.1, 0.25),
}


@dataclass(frozen=True)
class Stain:
    """A blotch about (x, y) in the part's frame; ``look`` is oil, rust or coolant."""

    x_mm: float
    y_mm: float
    radius_mm: float
    stretch: float
    angle_rad: float
    look: str
    seed: int
    kind: str = 'stain'
    forgotten: int | None = None

    def carve(self, surface: Surface) -> None:
        """Leave the outline as it is."""

    def paint(self, surface: Surface) -> Mask:
        """Lay the blotch over the surface; give where it is."""
        look = _LOOKS[self.look]
        rng = stream(self.seed, 'stain')
        dx, dy = surface.x - np.float32(self.x_mm), surface.y - np.float32(self.y_mm)
        c, s = np.float32(np.cos(self.angle_rad)), np.float32(np.sin(self.angle_rad))
        far = np.hypot((c * dx + s * dy) / np.float32(self.stretch), c * dy - s * dx)
        ragged = clouds(rng, surface.shape, 5.0) * 0.20 + clouds(rng, surface.shape, 1.5) * 0.05
        inside = step(far / np.float32(self.radius_mm) - 1 + ragged, 0.22)
        cover = inside * np.float32(look.cover)
        spots = 1 + np.float32(look.mottled) * clouds(rng, surface.shape, 1.5)
        target = np.array(look.colour_bgr, np.float32) * np.clip(spots, 0.3, 2.2)[..., None]
        surface.colour += (target - surface.colour) * cover[..., None]
        surface.metal += (np.float32(look.metal) - surface.metal) * cover
        surface.gloss += (np.float32(look.gloss) - surface.gloss) * cover
        return (inside > 0.4) & (surface.edge < 0)


def make_stain(rng: np.random.Generator, shape: Shape, least_mm: float, dark: bool) -> Stain:
    """Draw a stain that lies on the part, at least ``least_mm`` in extent."""
    radius = max(rng.uniform(8.0, 15.0), least_mm * 0.75)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    disc = np.concatenate([np.stack([np.cos(turn), np.sin(turn)], 1) * r for r in (0.4, 0.85)])
    best: tuple[float, float, float] | None = None
    for _ in range(20):
        reach, angle = np.sqrt(rng.random()) * shape.radius_mm * 0.9, rng.uniform(0, 2 * np.pi)
        x, y = float(reach * np.cos(angle)), float(reach * np.sin(angle))
        points = (disc * radius + (x, y)).astype(np.float32)
        covered = float(np.mean(material(shape, points[:, 0], points[:, 1]) < 0))
        if best is None or covered > best[0]:
            best = (covered, x, y)
        if covered > 0.85:
            break
    assert best is not None
    looks, odds = (('rust', 'coolant'), (0.5, 0.5)) if dark else (('oil', 'rust'), (0.5, 0.5))
    return Stain(
        best[1],
        best[2],
        float(radius),
        float(rng.uniform(0.9, 1.35)),
        float(rng.uniform(0, np.pi)),
        str(rng.choice(looks, p=odds)),
        int(rng.integers(2**31)),
    )
