"""Single pictures for training: every seed is one picture of a cell that could be.

A picture hangs on its seed and the settings alone: neither on other pictures nor on the process.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from factory_perception.cell.arrays import Picture
from factory_perception.cell.camera import Camera, camera_of
from factory_perception.cell.config import CellConfig, load_config
from factory_perception.cell.distractors import make_distractor
from factory_perception.cell.domain import (
    BELTS,
    draw_camera,
    draw_rig,
    draw_state,
    drawn_belt,
    Ranges,
    REAL_BELTS,
)
from factory_perception.cell.light import rig_of
from factory_perception.cell.parts import make_part, Part
from factory_perception.cell.renderer import Placed, Renderer, Scene
from factory_perception.cell.seeds import stream
from factory_perception.cell.surroundings import draw_surroundings
from factory_perception.cell.truth import Truth

#: Parts overlap by at most this share of the sum of their radii: they touch, no more.
_NEARNESS = 0.97
_FIRST_DISTRACTOR = 1000


@dataclass(frozen=True)
class DatasetSettings:
    """What the pictures of a data set show.

    ``defect_share`` is of the parts; higher than on the real belt, so that defects are learnt.
    ``parts`` is the least and the most in one picture; ``empty_share`` of the pictures have none.
    """

    defect_share: float = 0.5
    parts: tuple[int, int] = (1, 7)
    empty_share: float = 0.05
    distractor_share: float = 0.35
    ranges: Ranges = field(default_factory=Ranges)


class PictureSource:
    """Draws training pictures, one a seed."""

    def __init__(
        self, config: CellConfig | None = None, settings: DatasetSettings | None = None
    ) -> None:
        """Take a cell to draw pictures about; the one of the package when absent."""
        self.config = config or load_config()
        self.settings = settings or DatasetSettings()
        self._camera = camera_of(self.config.camera)

    def sample(self, seed: int, with_masks: bool = False) -> tuple[Picture, Truth]:
        """Draw the picture of a seed.

        Args:
            seed: 0 or above.
            with_masks: also give the mask of every visible thing.

        Returns:
            The picture, uint8 (rows, columns, 3) BGR, and the truth.
        """
        rng = stream(seed, 'dataset')
        renderer = self._renderer(rng, seed)
        scene = Scene(self._place(rng, seed, renderer.camera), float(rng.uniform(0, 1.7)))
        state = draw_state(rng, self.settings.ranges.scale)
        return renderer.render(scene, state, 0, with_masks)

    def _renderer(self, rng: np.random.Generator, seed: int) -> Renderer:
        ranges, belt = self.settings.ranges, self.config.belt
        plain = rng.random() < ranges.plain_share or ranges.scale == 0
        camera, rig, tone = self._camera, rig_of(self.config.lights), 1.0
        index = int(rng.integers(REAL_BELTS))
        if not plain:
            camera = draw_camera(rng, camera, belt.top_z_m, ranges)
            rig = draw_rig(rng, belt.top_z_m)
            index, tone = int(rng.integers(BELTS)), float(rng.uniform(0.45, 1.15))
        look, furnished = int(rng.integers(6)), bool(rng.random() < 0.7)
        rails = draw_surroundings(camera, belt, look, tone, furnished)
        texture = drawn_belt(index, belt.width_m)
        vignette = float(rng.uniform(0.05, 0.4))
        return Renderer(self.config, seed, camera, rig, texture, rails, vignette, video=False)

    def _place(self, rng: np.random.Generator, seed: int, camera: Camera) -> tuple[Placed, ...]:
        settings, config = self.settings, self.config
        if rng.random() < settings.empty_share:
            count = 0
        else:
            count = int(rng.integers(settings.parts[0], settings.parts[1] + 1))
        scale = camera.pixels_per_metre(config.belt.top_z_m)
        least_mm = config.parts.min_defect_px / scale * 1000
        things = [
            make_part(config.parts, seed, number, least_mm, defects=settings.defect_share)
            for number in range(1, count + 1)
        ]
        if rng.random() < settings.distractor_share:
            things += [
                make_distractor(seed, _FIRST_DISTRACTOR + index)
                for index in range(int(rng.integers(1, 5)))
            ]
        return _scatter(rng, things, camera, config.belt.top_z_m, config.belt.width_m)


def _scatter(
    rng: np.random.Generator, things: list[Part], camera: Camera, belt_z: float, width_m: float
) -> tuple[Placed, ...]:
    """Put things where they fit, some of them half out of the picture; leave out the others."""
    width, height = camera.size_wh
    middle = camera.unproject([(width / 2, height / 2)], belt_z)[0]
    reach = width / 2 / camera.pixels_per_metre(belt_z) + 0.03
    placed: list[Placed] = []
    for thing in things:
        radius = thing.shape.radius_mm / 1000
        lane = width_m / 2 - radius - 0.004
        for _ in range(24):
            x = float(middle[0] + rng.uniform(-reach, reach))
            y = float(rng.uniform(-lane, lane))
            free = all(
                np.hypot(x - other.x_m, y - other.y_m)
                > _NEARNESS * (radius + other.part.shape.radius_mm / 1000)
                for other in placed
            )
            if free:
                placed.append(Placed(thing, x, y))
                break
    return tuple(placed)
