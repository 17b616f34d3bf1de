"""The still boxes of the cell: belt, stand and bins."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.cell.config import CellConfig

BELT_THICKNESS_M = 0.10
BIN_M = (0.32, 0.32, 0.30)
STAND_M = 0.30
#: The stand ends just below the base, so that nothing touches.
_GAP_M = 0.005


@dataclass(frozen=True)
class Box:
    """A box by the place of its middle in the world."""

    name: str
    xyz_m: tuple[float, float, float]
    size_m: tuple[float, float, float]


def belt_box(config: CellConfig) -> Box:
    """Give the belt; its upper side is the plane that parts lie on."""
    belt = config.belt
    return Box(
        'conveyor_belt',
        (0.0, 0.0, belt.top_z_m - BELT_THICKNESS_M / 2),
        (belt.length_m, belt.width_m, BELT_THICKNESS_M),
    )


def boxes_of(config: CellConfig) -> tuple[Box, ...]:
    """Give the belt, the stand of the arm, and the bins, whose place is their opening."""
    x, y, z = config.arm.base_xyz_m
    height = z - _GAP_M
    bins = {'good_bin': config.bins.good_xyz_m, 'reject_bin': config.bins.reject_xyz_m}
    return (
        belt_box(config),
        Box('arm_stand', (x, y, height / 2), (STAND_M, STAND_M, height)),
        *(Box(name, (x, y, z - BIN_M[2] / 2), BIN_M) for name, (x, y, z) in bins.items()),
    )
