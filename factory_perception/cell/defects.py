"""Which defects a part gets."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from factory_perception.cell.arrays import Mask
from factory_perception.cell.chip import make_chip
from factory_perception.cell.missing_hole import make_missing_hole
from factory_perception.cell.scratch import make_scratch
from factory_perception.cell.shapes import Shape
from factory_perception.cell.stain import make_stain
from factory_perception.cell.surface import Surface

DEFECTS = ('scratch', 'chip', 'stain', 'missing_hole')
_ODDS = (0.30, 0.22, 0.26, 0.22)


class Defect(Protocol):
    """Something wrong with a part, drawn into its surface."""

    @property
    def kind(self) -> str:
        """Give its class: one of ``DEFECTS``."""

    @property
    def forgotten(self) -> int | None:
        """Give the index of the hole that was not made, if that is the defect."""

    def carve(self, surface: Surface) -> None:
        """Change the outline (``surface.edge``)."""

    def paint(self, surface: Surface) -> Mask:
        """Change the look of the surface; give where the defect is."""


def draw_defects(
    rng: np.random.Generator,
    shape: Shape,
    yaw_rad: float,
    least_mm: float,
    dark: bool,
    second_share: float,
) -> tuple[Defect, ...]:
    """Draw one defect, sometimes two of different kinds.

    Args:
        rng: the source of chance.
        shape: the part's geometry.
        yaw_rad: how the part lies on the belt.
        least_mm: no defect is smaller in extent.
        dark: the part is dark, so its defects must be light.
        second_share: the share of parts with a second defect.
    """
    count = 2 if rng.random() < second_share else 1
    kinds = rng.choice(DEFECTS, count, replace=False, p=_ODDS)
    return tuple(draw_defect(rng, str(kind), shape, yaw_rad, least_mm, dark) for kind in kinds)


def draw_defect(
    rng: np.random.Generator, kind: str, shape: Shape, yaw_rad: float, least_mm: float, dark: bool
) -> Defect:
    """Draw a defect of a given kind.

    Raises:
        ValueError: there is no such kind.
    """
    if kind == 'scratch':
        return make_scratch(rng, shape, yaw_rad, least_mm, dark)
    if kind == 'chip':
        return make_chip(rng, shape, least_mm)
    if kind == 'stain':
        return make_stain(rng, shape, least_mm, dark)
    if kind == 'missing_hole':
        return make_missing_hole(rng, shape)
    raise ValueError(f'no defect is called {kind!r}: use one of {", ".join(DEFECTS)}')
