"""Domain randomisation: cells that could be, drawn about the one that is."""

from __future__ import annotations

from dataclasses import dataclass
import functools

import numpy as np

from factory_perception.cell.arrays import Picture
from factory_perception.cell.belt import belt_texture, BeltLook
from factory_perception.cell.camera import Camera
from factory_perception.cell.lens import CameraState
from factory_perception.cell.light import Lamp, LightRig
from factory_perception.cell.seeds import stream

#: Belts are dear to draw: so many are drawn, seeded, and every picture takes one of them.
BELTS = 24
REAL_BELTS = 4
_BELT_LENGTH_M = 1.7
#: Linear BGR of the belts in use: black, petrol, green, grey, blue and light food-grade ones.
_COLOURS = (
    (0.030, 0.030, 0.030),
    (0.052, 0.056, 0.046),
    (0.045, 0.075, 0.030),
    (0.110, 0.110, 0.105),
    (0.140, 0.070, 0.030),
    (0.300, 0.310, 0.310),
)


@dataclass(frozen=True)
class Ranges:
    """How far a drawn cell may be from the real one; 0 everywhere gives the real one.

    ``scale`` stretches all of them; ``plain_share`` of the pictures keep the real belt, lamps and
    camera pose, and only differ in parts, exposure and noise.
    """

    scale: float = 1.0
    plain_share: float = 0.3
    tilt_rad: float = 0.035
    turn_rad: float = 0.06
    height_share: float = 0.08
    shift_m: float = 0.03


@functools.lru_cache(maxsize=BELTS)
def drawn_belt(index: int, width_m: float) -> Picture:
    """Give one of the ``BELTS`` belts; the first ``REAL_BELTS`` look like the real one."""
    if index < REAL_BELTS:
        return belt_texture(BeltLook(), _BELT_LENGTH_M, width_m, index)
    rng = stream(index, 'drawn belt')
    tone = np.array(_COLOURS[index % len(_COLOURS)]) * rng.uniform(0.7, 1.35)
    tone *= rng.uniform(0.92, 1.08, 3)
    look = BeltLook(
        (float(tone[0]), float(tone[1]), float(tone[2])),
        weave=float(rng.uniform(0.3, 1.8)),
        wear=float(rng.uniform(0.4, 2.2)),
        dust=float(rng.uniform(0.3, 2.5)),
        stains=float(rng.uniform(0.0, 2.0)),
        marks=bool(rng.random() < 0.5),
        seam=bool(rng.random() < 0.6),
    )
    return belt_texture(look, _BELT_LENGTH_M, width_m, index)


def draw_camera(rng: np.random.Generator, camera: Camera, belt_z: float, ranges: Ranges) -> Camera:
    """Move a camera a little, as after a knock or a careless installation."""
    depth = camera.position[2] - belt_z
    swing = ranges.scale * rng.uniform(-1, 1, 6)
    shift = (
        swing[0] * ranges.shift_m,
        swing[1] * ranges.shift_m,
        swing[2] * ranges.height_share * depth,
    )
    turn = (swing[3] * ranges.tilt_rad, swing[4] * ranges.tilt_rad, swing[5] * ranges.turn_rad)
    return camera.moved(shift, turn)


def draw_rig(rng: np.random.Generator, belt_z: float) -> LightRig:
    """Draw one to three lamps anywhere above the belt."""
    ambient = rng.uniform(0.22, 0.55)
    count = int(rng.integers(1, 4))
    shares = rng.dirichlet(np.ones(count)) * (1 - ambient)
    lamps = []
    for share in shares:
        where, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 1.1)
        height = belt_z + rng.uniform(0.7, 1.5)
        place = np.array([reach * np.cos(where), reach * np.sin(where), height])
        size = tuple(float(value) for value in rng.uniform(0.03, 0.5, 2))
        warmth = rng.uniform(-0.06, 0.06)
        colour = np.array([1 + warmth, 1.0, 1 - warmth])
        lamps.append(Lamp(place, (size[0], size[1]), colour, float(share)))
    side = rng.uniform(0, 2 * np.pi)
    wall = rng.uniform(0.2, 0.8)
    return LightRig(float(ambient), tuple(lamps), (wall * np.cos(side), wall * np.sin(side)))


def draw_state(rng: np.random.Generator, scale: float) -> CameraState:
    """Draw exposure, white balance, focus, noise and dirt."""
    balance = np.exp(scale * rng.normal(0, 0.05, 3))
    dirty = rng.random() < 0.12 * scale
    return CameraState(
        exposure=float(1.4 * np.exp(scale * np.clip(rng.normal(-0.1, 0.32), -1.2, 0.5))),
        balance_bgr=(float(balance[0]), float(balance[1]), float(balance[2])),
        blur_px=float(0.55 + scale * rng.choice([-0.25, 0.0, 0.25, 0.6]) * rng.random()),
        noise=float(max(1.75 + scale * rng.uniform(-1.2, 2.6), 0.0)),
        motion_px=float(scale * rng.choice([0.0, 0.0, 2.0, 3.0])),
        dirt=float(rng.uniform(0.1, 0.5)) if dirty else 0.0,
        dirt_seed=int(rng.integers(64)),
        contrast=float(1.06 + scale * rng.uniform(-0.10, 0.14)),
    )
