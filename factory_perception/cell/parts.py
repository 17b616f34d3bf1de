"""Parts: a class, a geometry, a finish, a way of lying on the belt, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from factory_perception.cell.bracket import make_bracket
from factory_perception.cell.config import PartConfig, PartsConfig
from factory_perception.cell.defects import Defect, DEFECTS, draw_defect, draw_defects
from factory_perception.cell.finish import draw_finish, Finish
from factory_perception.cell.flange import make_flange
from factory_perception.cell.gear import make_gear
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import Shape

PARTS = ('flange', 'gear', 'bracket')
#: The one class list of the cell's detector: parts, then defects.
CLASSES = PARTS + DEFECTS

_MAKERS: dict[str, Callable[[np.random.Generator, PartConfig], Shape]] = {
    'flange': make_flange,
    'gear': make_gear,
    'bracket': make_bracket,
}


@dataclass(frozen=True)
class Part:
    """One part. ``number`` is its own for its whole life; ``kind`` is one of ``PARTS``.

    Things that are no product (a lost bolt, a label) have another ``kind`` and are in no truth.
    """

    number: int
    kind: str
    shape: Shape
    finish: Finish
    yaw_rad: float
    mass_kg: float
    defects: tuple[Defect, ...]
    seed: int

    @property
    def defective(self) -> bool:
        """Say whether anything is wrong with it."""
        return bool(self.defects)


def make_part(
    config: PartsConfig,
    seed: int,
    number: int,
    least_mm: float,
    kind: str | None = None,
    defects: str | float | None = None,
) -> Part:
    """Draw a part; the same arguments give the same part.

    Args:
        config: sizes and shares.
        seed: the seed of the whole scene.
        number: the part's own number, 1 or above.
        least_mm: no defect is smaller in extent.
        kind: the part class; drawn by the shares of the configuration when absent.
        defects: a defect class for exactly that defect, or the probability of being defective; the
            configuration's share when absent.
    """
    rng = stream(seed, 'part', number)
    shares = np.array([config.of(name).share for name in PARTS])
    drawn = str(rng.choice(PARTS, p=shares / shares.sum()))
    kind = kind or drawn
    sizes = config.of(kind)
    shape = _MAKERS[kind](rng, sizes)
    finish = draw_finish(rng, kind)
    yaw = float(rng.uniform(0, 2 * np.pi))
    mass = float(rng.uniform(*sizes.mass_kg))
    wrong = _defects(rng, config, shape, yaw, least_mm, finish.dark, defects)
    return Part(number, kind, shape, finish, yaw, mass, wrong, int(rng.integers(2**31)))


def _defects(
    rng: np.random.Generator,
    config: PartsConfig,
    shape: Shape,
    yaw: float,
    least_mm: float,
    dark: bool,
    wanted: str | float | None,
) -> tuple[Defect, ...]:
    if isinstance(wanted, str):
        return (draw_defect(rng, wanted, shape, yaw, least_mm, dark),)
    share = config.defect_share if wanted is None else wanted
    if rng.random() >= share:
        return ()
    return draw_defects(rng, shape, yaw, least_mm, dark, config.second_defect_share)
