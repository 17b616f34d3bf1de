"""Things that lie about on a belt and are no product: washers, bolts, labels, strips of tape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Field, Mask
from factory_perception.cell.finish import Finish, STEEL, varied, ZINC
from factory_perception.cell.parts import Part
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import disc, Hole, rounded_box
from factory_perception.cell.surface import Surface

_PAPER = Finish('paper', (0.72, 0.74, 0.75), 0.02, 0.5, 0.5, 0.1)
_TAPES = (
    Finish('tape_yellow', (0.05, 0.50, 0.72), 0.04, 0.25, 0.25, 0.2),
    Finish('tape_white', (0.66, 0.66, 0.66), 0.04, 0.25, 0.25, 0.2),
    Finish('tape_black', (0.03, 0.03, 0.03), 0.06, 0.22, 0.22, 0.2),
)


@dataclass(frozen=True)
class Piece:
    """A simple thing: a disc, a rectangle, or a bolt lying on its side."""

    kind: str
    radius_mm: float
    height_mm: float
    half_x_mm: float
    half_y_mm: float
    holes: tuple[Hole, ...] = ()
    turned: bool = False

    def outline(self, x: Field, y: Field) -> Field:
        """Give the signed distance to the outer edge, without holes."""
        if self.kind == 'washer':
            return disc(x, y, self.radius_mm)
        box = rounded_box(x, y, self.half_x_mm, self.half_y_mm, 0.6)
        if self.kind != 'bolt':
            return box
        head = rounded_box(x + np.float32(self.half_x_mm), y, 3.0, self.half_y_mm * 1.8, 0.8)
        return np.minimum(box, head)

    def relief(self, x: Field, y: Field) -> Field:
        """Give the round back of a bolt and its thread, in millimetres; others are flat."""
        if self.kind != 'bolt':
            return np.zeros_like(x)
        half = np.float32(self.half_y_mm)
        back = np.sqrt(np.maximum(1 - (y / half) ** 2, 0)) * half
        return back + np.float32(0.35) * np.cos(x * np.float32(2 * np.pi / 2.2))


@dataclass(frozen=True)
class Print:
    """Bars and lines of text on a label, drawn as a defect is, though it is none."""

    seed: int
    kind: str = 'print'
    forgotten: int | None = None

    def carve(self, surface: Surface) -> None:
        """Leave the outline as it is."""

    def paint(self, surface: Surface) -> Mask:
        """Print the bars; give nothing."""
        rng = stream(self.seed, 'print')
        bars = rng.random(64) < 0.5
        ink = bars[np.clip(surface.x / 1.3 + 32, 0, 63).astype(int)] & (surface.y < 2)
        ink &= surface.edge < -2.5
        lines = (np.mod(surface.y, 4.0) < 1.6) & (surface.y > 3) & (surface.edge < -3)
        surface.colour[ink | lines] *= 0.12
        return np.zeros(surface.shape, bool)


def make_distractor(seed: int, number: int) -> Part:
    """Draw a thing; ``number`` must differ from those of all parts in the scene."""
    rng = stream(seed, 'distractor', number)
    kind = str(rng.choice(['washer', 'bolt', 'label', 'tape'], p=[0.3, 0.3, 0.2, 0.2]))
    finish = varied(rng, STEEL if rng.random() < 0.5 else ZINC)
    marks: tuple[Print, ...] = ()
    if kind == 'washer':
        radius = float(rng.uniform(8, 15))
        hole = Hole(0.0, 0.0, radius * float(rng.uniform(0.4, 0.6)))
        piece = Piece(kind, radius, float(rng.uniform(1.5, 3)), radius, radius, (hole,), True)
    elif kind == 'bolt':
        half_y = float(rng.uniform(2.5, 4.5))
        half_x = float(rng.uniform(10, 22))
        piece = Piece(kind, half_x + 6, half_y * 2, half_x, half_y)
    else:
        half_x = float(rng.uniform(14, 30))
        half_y = float(half_x * rng.uniform(0.45, 0.7) if kind == 'label' else rng.uniform(6, 10))
        piece = Piece(kind, float(np.hypot(half_x, half_y)), 0.3, half_x, half_y)
        finish = varied(rng, _PAPER if kind == 'label' else _TAPES[int(rng.integers(3))])
        marks = (Print(int(rng.integers(2**31))),) if kind == 'label' else ()
    yaw = float(rng.uniform(0, 2 * np.pi))
    return Part(number, kind, piece, finish, yaw, 0.02, marks, int(rng.integers(2**31)))
