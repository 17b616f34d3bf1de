"""What lens and sensor do to the light: falloff, exposure, colour, blur, dirt and noise.

Noise is added to gamma-encoded values: with a gamma of 2 the variance of photon shot noise, which
grows with the light, becomes the same at every level, so one addition serves all pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
import functools

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Field, Picture
from factory_perception.cell.grain import clouds
from factory_perception.cell.seeds import stream

_NOISE_STEP = 0.25
_TINT_STEP = 1 / 256
_LEAST_DIRT = 0.01
_MARGIN = 96


@dataclass(frozen=True)
class CameraState:
    """The camera at one moment.

    ``exposure`` is a factor on the light: at 1 a white sheet in the middle is just below white;
    ``balance_bgr`` the white balance; ``blur_px`` the standard deviation of the blur; ``noise``
    that of the noise in 8-bit steps; ``motion_px`` the way of the belt while the shutter is open;
    ``dirt`` from 0 (clean) to 1; ``contrast`` bends the tone curve about mid-grey.
    """

    exposure: float = 1.4
    balance_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)
    blur_px: float = 0.55
    noise: float = 1.75
    motion_px: float = 0.0
    dirt: float = 0.0
    dirt_seed: int = 0
    contrast: float = 1.06


class LightGain:
    """How light falls off over the picture, tinted by the white balance; kept while that stays."""

    def __init__(self, gain: Field) -> None:
        """Take the gain on gamma-2 values, float32 (rows, columns, 3)."""
        self._gain = gain
        self._tint: tuple[int, ...] | None = None
        self._tinted: tuple[Picture, float] | None = None

    def tinted(self, balance_bgr: tuple[float, float, float]) -> tuple[Picture, float]:
        """Give the gain for a white balance: uint8, and what its 255 stands for."""
        tint = tuple(round(value / _TINT_STEP) for value in balance_bgr)
        if self._tinted is None or tint != self._tint:
            gain = self._gain * np.sqrt(np.array(tint, np.float32) * np.float32(_TINT_STEP))
            brightest = float(gain.max())
            gain *= np.float32(255 / brightest)
            self._tint, self._tinted = tint, (gain.astype(np.uint8), brightest)
        return self._tinted


def develop(
    picture: Picture, gain: LightGain, state: CameraState, rng: np.random.Generator
) -> Picture:
    """Turn the light of a scene into the picture of a camera.

    Args:
        picture: (rows, columns, 3), gamma 2, as in even light.
        gain: how the light falls off.
        state: the camera.
        rng: chooses the noise.
    """
    falloff, brightest = gain.tinted(state.balance_bgr)
    picture = cv2.multiply(picture, falloff, scale=1 / 255)
    if state.dirt >= _LEAST_DIRT:
        picture = _soil(picture, state)
    picture = cv2.LUT(picture, _tone_curve(state, brightest))
    if state.motion_px >= 1.5:
        picture = cv2.blur(picture, (round(state.motion_px), 1))
    if state.blur_px >= 0.2:
        size = 2 * max(int(np.ceil(2.2 * state.blur_px)), 1) + 1
        picture = cv2.GaussianBlur(picture, (size, size), state.blur_px)
    return _add_noise(picture, state.noise, rng)


def _tone_curve(state: CameraState, brightest: float) -> Cover:
    """Give the curve of all channels: exposure, contrast, and a shoulder instead of a hard clip."""
    level = np.linspace(0, 1, 256) * (np.sqrt(max(state.exposure, 0.0)) * brightest)
    level = 0.45 + (level - 0.45) * state.contrast
    shoulder = 0.82 + 0.18 * (1 - np.exp(-(np.maximum(level, 0.82) - 0.82) / 0.18))
    curve = np.where(level < 0.82, level, shoulder)
    return np.clip(curve * 255 + 0.5, 0, 255).astype(np.uint8)


def _soil(picture: Picture, state: CameraState) -> Picture:
    """Lay dirt over the lens: it keeps light away, and scatters a grey veil."""
    rows, columns = picture.shape[:2]
    blots = _blots(rows, columns, state.dirt_seed)
    keep = cv2.convertScaleAbs(blots, alpha=-0.72 * min(state.dirt, 1.0), beta=255)
    veil = cv2.convertScaleAbs(blots, alpha=0.36 * min(state.dirt, 1.0))
    kept = cv2.multiply(picture, cv2.merge([keep, keep, keep]), scale=1 / 255)
    return cv2.add(kept, cv2.merge([veil, veil, veil]))


@functools.lru_cache(maxsize=8)
def _blots(rows: int, columns: int, seed: int) -> Cover:
    """Draw drops and dust on the front lens, far out of focus, and the smear of a wiped thumb."""
    rng = stream(seed, 'dirt')
    blots: Field = np.zeros((rows, columns), np.float32)
    for _ in range(26):
        radius = int(rng.uniform(0.015, 0.09) * columns)
        place = (int(rng.uniform(0, columns)), int(rng.uniform(0, rows)))
        spot = np.zeros_like(blots)
        cv2.circle(spot, place, radius, float(rng.uniform(0.25, 0.9)), -1)
        soft = 2 * int(0.35 * radius) + 3
        blots = np.maximum(blots, cv2.blur(cv2.blur(spot, (soft, soft)), (soft, soft)))
    smear = np.clip(cv2.resize(clouds(rng, (rows // 8, columns // 8), 5.0), (columns, rows)), 0, 2)
    return (np.clip(blots + 0.30 * smear, 0, 1) * 255).astype(np.uint8)


def _add_noise(picture: Picture, deviation: float, rng: np.random.Generator) -> Picture:
    steps = round(deviation / _NOISE_STEP)
    if steps <= 0:
        return picture
    rows, columns = picture.shape[:2]
    above, below = _noise_sheets(rows + _MARGIN, columns + _MARGIN, steps)
    top, left = (int(value) for value in rng.integers(0, _MARGIN, 2))
    window = (slice(top, top + rows), slice(left, left + columns))
    picture = cv2.add(picture, above[window])
    return cv2.subtract(picture, below[window], dst=picture)


@functools.lru_cache(maxsize=24)
def _noise_sheets(rows: int, columns: int, steps: int) -> tuple[Picture, Picture]:
    """Give the parts above and below zero of sensor noise, softened a little by demosaicing."""
    rng = stream(steps, 'sensor noise')
    grey = rng.standard_normal((rows, columns, 1), np.float32)
    colour = cv2.GaussianBlur(rng.standard_normal((rows, columns, 3), np.float32), (0, 0), 0.8)
    noise = 0.85 * grey + 0.9 * colour
    noise *= np.float32(steps * _NOISE_STEP / noise.std())
    whole = np.round(noise)
    return np.maximum(whole, 0).astype(np.uint8), np.maximum(-whole, 0).astype(np.uint8)
