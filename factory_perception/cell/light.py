"""The lamps over the belt: where light comes from, and how evenly it lies on the belt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import LightsConfig


@dataclass(frozen=True)
class Lamp:
    """A light bar at a place in the world; ``share`` is its part of the light on the belt."""

    position: Matrix
    size_m: tuple[float, float]
    colour_bgr: Matrix
    share: float


@dataclass(frozen=True)
class LightRig:
    """All lamps, and the share of light that comes from everywhere (ceiling, walls).

    ``shares`` add up to 1 with ``ambient`` at the middle of the belt. ``wall_xy`` points to the
    lighter side of the hall, whose reflection bevels show.
    """

    ambient: float
    lamps: tuple[Lamp, ...]
    wall_xy: tuple[float, float] = (-0.35, 0.55)

    def irradiance(self, points_xyz: Matrix) -> Matrix:
        """Give the light (N, 3) BGR on flat ground at points (N, 3), relative to the middle.

        The middle is below the world's origin column: ``(0, 0, z of the first point)``.
        """
        light = np.full((len(points_xyz), 3), self.ambient)
        middle = np.array([0.0, 0.0, points_xyz[0, 2]])
        for lamp in self.lamps:
            there = _fall(lamp.position - points_xyz)
            here = _fall((lamp.position - middle)[None])
            light += lamp.share * (there / here)[:, None] * lamp.colour_bgr
        return light


def _fall(way: Matrix) -> Matrix:
    """Give cosine over distance squared: Lambert's law for a lamp that shines down."""
    distance2 = np.sum(way * way, axis=1)
    return way[:, 2] / distance2**1.5


def rig_of(config: LightsConfig) -> LightRig:
    """Make the lamps that the cell configuration describes; shares are brought to a sum of 1."""
    total = config.ambient + sum(lamp.share for lamp in config.lamps)
    lamps = tuple(
        Lamp(
            np.array(lamp.xyz_m, np.float64),
            lamp.size_m,
            np.array(lamp.colour_bgr),
            lamp.share / total,
        )
        for lamp in config.lamps
    )
    return LightRig(config.ambient / total, lamps)
