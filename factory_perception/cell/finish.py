"""Surface finishes: what a part is made of and how it was machined."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Finish:
    """A material in linear light.

    ``colour_bgr`` is the reflectance (of the mirror for metal, of the paint otherwise), ``metal``
    the share that mirrors. ``rough_along`` and ``rough_across`` are the widths of the highlight
    along and across the tool marks, in slope; equal for blasted or cast surfaces. ``grain`` is the
    strength of the tool marks.
    """

    name: str
    colour_bgr: Colour
    metal: float
    rough_along: float
    rough_across: float
    grain: float

    @property
    def dark(self) -> bool:
        """Say whether a dark blotch would be hard to see on it."""
        return sum(self.colour_bgr) * (0.5 + 0.5 * self.metal) < 0.75


STEEL = Finish('steel', (0.56, 0.57, 0.59), 0.96, 0.11, 0.34, 1.0)
ALUMINIUM = Finish('aluminium', (0.80, 0.80, 0.79), 0.96, 0.13, 0.36, 0.8)
BRASS = Finish('brass', (0.30, 0.58, 0.76), 0.95, 0.12, 0.34, 0.8)
BLASTED = Finish('blasted', (0.62, 0.63, 0.64), 0.80, 0.34, 0.34, 0.5)
CAST = Finish('cast', (0.30, 0.31, 0.33), 0.70, 0.42, 0.42, 1.4)
BLACK_OXIDE = Finish('black_oxide', (0.13, 0.12, 0.12), 0.72, 0.18, 0.34, 0.7)
ZINC = Finish('zinc', (0.66, 0.64, 0.58), 0.92, 0.18, 0.30, 0.7)
PAINT_GREY = Finish('paint_grey', (0.27, 0.25, 0.24), 0.06, 0.16, 0.16, 0.25)
PAINT_BLUE = Finish('paint_blue', (0.36, 0.17, 0.06), 0.05, 0.15, 0.15, 0.25)
PAINT_ORANGE = Finish('paint_orange', (0.03, 0.22, 0.75), 0.05, 0.15, 0.15, 0.25)

#: What each part class is made of, and how often.
CHOICES: dict[str, tuple[tuple[Finish, float], ...]] = {
    'flange': ((STEEL, 0.42), (ALUMINIUM, 0.24), (CAST, 0.14), (BRASS, 0.08), (BLASTED, 0.12)),
    'gear': ((STEEL, 0.46), (BLACK_OXIDE, 0.20), (BRASS, 0.18), (BLASTED, 0.16)),
    'bracket': (
        (ZINC, 0.34),
        (ALUMINIUM, 0.28),
        (PAINT_GREY, 0.12),
        (PAINT_BLUE, 0.13),
        (PAINT_ORANGE, 0.13),
    ),
}


def draw_finish(rng: np.random.Generator, kind: str) -> Finish:
    """Draw the finish of a part of one class, with its own tone and roughness."""
    finishes, weights = zip(*CHOICES[kind])
    finish: Finish = finishes[int(rng.choice(len(finishes), p=np.array(weights)))]
    return varied(rng, finish)


def varied(rng: np.random.Generator, finish: Finish) -> Finish:
    """Change tone and roughness a little, as from batch to batch."""
    tone = rng.uniform(0.88, 1.10) * rng.uniform(0.985, 1.015, 3)
    blue, green, red = np.clip(np.array(finish.colour_bgr) * tone, 0.01, 0.98)
    wear = rng.uniform(0.85, 1.3)
    return replace(
        finish,
        colour_bgr=(float(blue), float(green), float(red)),
        rough_along=float(finish.rough_along * wear),
        rough_across=float(finish.rough_across * rng.uniform(0.9, 1.15)),
        grain=float(finish.grain * rng.uniform(0.7, 1.3)),
    )
