"""How the camera's picture drifts over minutes, and what camera faults do to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.cell.faults import Fault
from factory_perception.cell.lens import CameraState
from factory_perception.cell.seeds import stream

#: At severity 1: blur added, dirt added, light lost.
DEFOCUS_PX = 3.5
DIRT = 0.75
DARKNESS = 0.88
#: Dust settles on the lens up to this level within this time; then somebody wipes it.
_DUST, _DUST_S = 0.08, 1800.0


def camera_state(seed: int, time_s: float, faults: Sequence[Fault]) -> CameraState:
    """Give exposure, white balance, blur and dirt at a time.

    Lamps age and daylight comes and goes: exposure drifts by some percent over minutes.
    """
    phase = stream(seed, 'camera moods').uniform(0, 2 * np.pi, 4)
    slow = np.sin(2 * np.pi * time_s / np.array([173.0, 47.0, 311.0, 229.0]) + phase)
    plain = CameraState()

    def level(kind: str) -> float:
        at = np.array(time_s)
        return max((float(f.level(at)) for f in faults if f.kind == kind), default=0.0)

    tint = 0.022 * slow[2], 0.018 * slow[3]
    return CameraState(
        exposure=float(
            plain.exposure
            * (1 + 0.060 * slow[0] + 0.025 * slow[1])
            * (1 - DARKNESS * level('underexposed'))
        ),
        balance_bgr=(float(1 + tint[0]), 1.0, float(1 - tint[0] + tint[1])),
        blur_px=plain.blur_px + DEFOCUS_PX * level('defocus'),
        noise=plain.noise,
        dirt=_DUST * (time_s % _DUST_S) / _DUST_S + DIRT * level('dirty_lens'),
        dirt_seed=seed,
        contrast=plain.contrast,
    )
