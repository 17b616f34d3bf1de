"""Brackets: L and U plates with rounded corners, holes, a slot and a pressed stiffening bead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.config import PartConfig
from factory_perception.cell.shapes import Field, Hole, rounded_box, step

Box = tuple[float, float, float, float]
_FILLET_MM = 6.0


@dataclass(frozen=True)
class Bracket:
    """A plate, ``half_x_mm`` by ``half_y_mm`` from its middle, less the box ``cut``.

    ``cut`` is (middle x, middle y, half x, half y); it opens an L or a U upwards.
    """

    radius_mm: float
    height_mm: float
    half_x_mm: float
    half_y_mm: float
    cut: Box
    corner_mm: float
    beads: tuple[Hole, ...]
    bead_rise_mm: float
    holes: tuple[Hole, ...]
    turned: bool = False

    def outline(self, x: Field, y: Field) -> Field:
        """Give the signed distance to the outer edge, without holes."""
        plate = rounded_box(x, y, self.half_x_mm, self.half_y_mm, self.corner_mm)
        mx, my, hx, hy = self.cut
        gap = rounded_box(x - np.float32(mx), y - np.float32(my), hx, hy, _FILLET_MM)
        return np.maximum(plate, -gap)

    def relief(self, x: Field, y: Field) -> Field:
        """Give the pressed beads, in millimetres."""
        height = np.zeros_like(x)
        for bead in self.beads:
            height += step(bead.distance(x, y), 3.4) * np.float32(self.bead_rise_mm)
        return height


def make_bracket(rng: np.random.Generator, sizes: PartConfig) -> Bracket:
    """Draw an L or a U within the given sizes; its corners lie on a circle about the origin."""
    radius = rng.uniform(*sizes.diameter_mm) / 2
    aspect = rng.uniform(0.78, 1.25)
    half_x = radius / np.hypot(1, aspect) + 1.5
    half_y = half_x * aspect
    arm = min(rng.uniform(*sizes.arm_mm), half_x * 0.85, half_y * 0.85)
    u_shaped = half_x > arm * 1.28 and rng.random() < 0.5
    beyond = 40.0  # the cut runs out of the plate
    height = half_y - arm / 2 + beyond / 2
    if u_shaped:
        cut = (0.0, arm / 2 + beyond / 2, half_x - arm, height)
    else:
        cut = (arm / 2 + beyond / 2, arm / 2 + beyond / 2, half_x - arm / 2 + beyond / 2, height)
    holes = _holes(rng, sizes, u_shaped, arm, half_x, half_y)
    beads = _beads(rng, arm, half_x, half_y) if rng.random() < 0.6 else ()
    return Bracket(
        radius,
        rng.uniform(*sizes.height_mm),
        half_x,
        half_y,
        cut,
        rng.uniform(3.0, 7.0),
        beads,
        float(rng.choice([-1.1, 1.2])),
        holes,
    )


def _holes(
    rng: np.random.Generator,
    sizes: PartConfig,
    u_shaped: bool,
    arm: float,
    half_x: float,
    half_y: float,
) -> tuple[Hole, ...]:
    radius = rng.uniform(*sizes.hole_mm) / 2
    right, top = half_x - arm / 2, half_y - arm / 2
    spots = [(-right, -top), (right, -top), (-right, top)]
    if u_shaped:
        spots.append((right, top))
    if rng.integers(sizes.holes[0], sizes.holes[1] + 1) > len(spots) and right > radius * 2 + 3:
        spots.append((0.0, -top))
    sink = float(rng.choice([0.5, 2.0]))
    slotted = rng.random() < 0.4
    return tuple(
        Hole(
            float(x),
            float(y),
            radius,
            length_mm=radius * 1.3 if slotted and index == 2 else 0.0,
            angle_rad=np.pi / 2,
            removable=not (slotted and index == 2),
            countersink_mm=sink,
        )
        for index, (x, y) in enumerate(spots)
    )


def _beads(rng: np.random.Generator, arm: float, half_x: float, half_y: float) -> tuple[Hole, ...]:
    """Lay a bead along the left arm, clear of its holes."""
    length = half_y * 2 - arm * 2.1
    if length < 12:
        return ()
    middle = -half_x + arm / 2
    side = float(rng.choice([-1, 1]) * rng.uniform(0.20, 0.28) * arm)
    return (Hole(middle + side, 0.0, 2.2, length, np.pi / 2),)
