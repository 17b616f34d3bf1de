"""The parts that ride on Gazebo's belt: the same kinds with the same defects as in the cell."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.cell.camera import camera_of
from factory_perception.cell.config import CellConfig
from factory_perception.cell.defects import DEFECTS
from factory_perception.cell.parts import make_part, Part, PARTS

#: Two of three parts are good, and every defect is there once for the kinds that come round.
_GOOD_OF_EACH = 2
_SEED = 7
#: Parts wait in a row beside the belt until it is their turn.
_ROW_Y_M, _ROW_STEP_M = 1.3, 0.20


@dataclass(frozen=True)
class StockPart:
    """A part and its number; Gazebo's label of its boxes is the number plus 1."""

    number: int
    part: Part

    @property
    def name(self) -> str:
        """Give the name of its model."""
        return f'part_{self.number:02d}'

    @property
    def label(self) -> int:
        """Give the label under which the bounding-box camera reports it."""
        return self.number + 1

    @property
    def waiting_xyz_m(self) -> tuple[float, float, float]:
        """Give the place on the floor where it waits."""
        return (_ROW_STEP_M * self.number - 1.0, _ROW_Y_M, 0.002)


def stock_of(config: CellConfig) -> tuple[StockPart, ...]:
    """Give all parts, good and bad mixed."""
    camera = camera_of(config.camera)
    least = config.parts.min_defect_px * 1000 / camera.pixels_per_metre(config.belt.top_z_m)
    wanted: list[tuple[str, str | float]] = []
    flaws: list[tuple[str, str | float]] = [
        (PARTS[index % len(PARTS)], defect) for index, defect in enumerate(DEFECTS)
    ]
    good: list[tuple[str, str | float]] = [
        (kind, 0.0) for kind in PARTS for _ in range(_GOOD_OF_EACH)
    ]
    while good or flaws:
        wanted += good[:2] + flaws[:1]
        good, flaws = good[2:], flaws[1:]
    parts = (
        make_part(config.parts, _SEED, number + 1, least, kind, defects)
        for number, (kind, defects) in enumerate(wanted)
    )
    return tuple(StockPart(number, part) for number, part in enumerate(parts))
