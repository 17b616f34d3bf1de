"""``config/cell.yaml`` as frozen dataclasses: the one source of everything in the cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from factory_perception.cell.arm_config import ArmConfig, CycleConfig, Range, Vector
from factory_perception.cell.reader import build, CellConfigError, limits
from factory_perception.resources import share_folder

CELL_FILE = Path('config') / 'cell.yaml'


@dataclass(frozen=True)
class BeltConfig:
    """The conveyor, centred on the world's origin, moving along +x."""

    length_m: float = field(metadata=limits(0.5, 100.0))
    width_m: float = field(metadata=limits(0.05, 10.0))
    top_z_m: float = field(metadata=limits(0.0, 10.0))
    speed_m_s: float = field(metadata=limits(-2.0, 2.0))
    max_speed_m_s: float = field(metadata=limits(0.0, 2.0))
    loop_m: float = field(metadata=limits(1.0, 300.0))

    def __post_init__(self) -> None:
        if abs(self.speed_m_s) > self.max_speed_m_s:
            raise CellConfigError(
                f'speed_m_s {self.speed_m_s:g} is above max_speed_m_s {self.max_speed_m_s:g}: '
                'lower the one or raise the other'
            )


@dataclass(frozen=True)
class CameraConfig:
    """The overhead camera: pose of its body frame in the world, lens and sensor."""

    name: str
    link_frame: str
    optical_frame: str
    xyz_m: Vector
    rpy_rad: Vector
    size_wh: tuple[int, int] = field(metadata=limits(16, 8192))
    rate_hz: float = field(metadata=limits(0.1, 240.0))
    hfov_rad: float = field(metadata=limits(0.1, 2.5))
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    exposure_s: float = field(default=0.002, metadata=limits(0.0, 1.0))


@dataclass(frozen=True)
class LampConfig:
    """A light bar; ``share`` is its part of the light that reaches the belt."""

    name: str
    xyz_m: Vector
    size_m: Range
    colour_bgr: Vector = field(metadata=limits(0.0, 2.0))
    share: float = field(metadata=limits(0.0, 1.0))


@dataclass(frozen=True)
class LightsConfig:
    """All lamps and the share of light that comes from everywhere."""

    ambient: float = field(metadata=limits(0.01, 1.0))
    lamps: tuple[LampConfig, ...]


@dataclass(frozen=True)
class PartConfig:
    """How much the parts of one class vary; every pair is the least and the most.

    ``diameter_mm`` is the largest extent, ``share`` the class's share of the parts that arrive.
    """

    share: float = field(metadata=limits(0.0, 1.0))
    diameter_mm: Range = field(metadata=limits(20.0, 400.0, rising=True))
    height_mm: Range = field(metadata=limits(1.0, 100.0, rising=True))
    holes: tuple[int, int] = field(metadata=limits(1, 24, rising=True))
    hole_mm: Range = field(metadata=limits(2.0, 60.0, rising=True))
    mass_kg: Range = field(metadata=limits(0.0, 20.0, rising=True))
    teeth: tuple[int, int] = field(default=(16, 36), metadata=limits(8, 120, rising=True))
    arm_mm: Range = field(default=(28.0, 40.0), metadata=limits(10.0, 200.0, rising=True))


@dataclass(frozen=True)
class PartsConfig:
    """What comes along the belt."""

    defect_share: float = field(metadata=limits(0.0, 1.0))
    second_defect_share: float = field(metadata=limits(0.0, 1.0))
    min_defect_px: float = field(metadata=limits(1.0, 100.0))
    gap_m: Range = field(metadata=limits(0.01, 10.0, rising=True))
    lane_m: float = field(metadata=limits(0.0, 5.0))
    flange: PartConfig
    gear: PartConfig
    bracket: PartConfig

    def __post_init__(self) -> None:
        if self.flange.share + self.gear.share + self.bracket.share <= 0:
            raise CellConfigError('no part class has a share above 0: give one to at least one')

    def of(self, kind: str) -> PartConfig:
        """Give the block of one part class."""
        return {'flange': self.flange, 'gear': self.gear, 'bracket': self.bracket}[kind]


@dataclass(frozen=True)
class BinsConfig:
    """Where the arm puts good parts and rejects."""

    good_xyz_m: Vector
    reject_xyz_m: Vector


@dataclass(frozen=True)
class CellConfig:
    """The whole cell."""

    world_frame: str
    belt: BeltConfig
    camera: CameraConfig
    lights: LightsConfig
    parts: PartsConfig
    bins: BinsConfig
    arm: ArmConfig
    cycle: CycleConfig

    def __post_init__(self) -> None:
        widest = max(part.diameter_mm[1] for part in (self.parts.flange, self.parts.gear))
        widest = max(widest, self.parts.bracket.diameter_mm[1]) / 1000
        if self.parts.lane_m + widest / 2 > self.belt.width_m / 2:
            raise CellConfigError(
                f'parts.lane_m {self.parts.lane_m:g} lets parts of {widest:g} m stick out over the '
                f'belt of {self.belt.width_m:g} m: make it smaller'
            )
        if self.camera.xyz_m[2] < self.belt.top_z_m + 0.1:
            raise CellConfigError(
                f'camera.xyz_m has the camera at z {self.camera.xyz_m[2]:g} m, the belt is at '
                f'{self.belt.top_z_m:g} m: put the camera above it'
            )


def load_config(path: Path | None = None) -> CellConfig:
    """Read a cell configuration; without a path the one that came with the package.

    Raises:
        CellConfigError: the file cannot be read, is no YAML, or a value in it cannot be used; the
            text names the key and the mend.
    """
    path = path or share_folder() / CELL_FILE
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
    except OSError as error:
        raise CellConfigError(
            f'{path} cannot be read ({error.strerror}): install the package again'
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CellConfigError(
            f'{path} is not valid YAML: {" ".join(str(error).split())}'
        ) from error
    return build(CellConfig, content, path.name)
