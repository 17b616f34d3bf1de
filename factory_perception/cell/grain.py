"""Noise fields for surfaces: white, cloudy and streaky, cut from one seeded sheet.

Making noise is far dearer than looking at it, so one sheet of each kind is made once a process;
who needs noise takes a window of it at a place that hangs on its own seed.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from factory_perception.cell.arrays import Field, Matrix

Field = Field
SHEET = 1024
_SHEET_SEED = 20240229


@functools.cache
def _sheet(kind: str, scale: float) -> Field:
    """Make a periodic sheet with mean 0 and standard deviation 1."""
    noise = np.random.default_rng(_SHEET_SEED).standard_normal((SHEET, SHEET), np.float32)
    if kind == 'streaks':
        noise = _blur(noise, scale, 0.5)
    elif scale > 0:
        noise = _blur(noise, scale, scale)
    noise -= noise.mean()
    sheet = noise / noise.std()
    sheet.flags.writeable = False
    return sheet


def _blur(noise: Field, sigma_x: float, sigma_y: float) -> Field:
    pad = int(4 * max(sigma_x, sigma_y)) + 1
    wide = np.pad(noise, pad, mode='wrap')
    wide = cv2.GaussianBlur(wide, (0, 0), sigmaX=sigma_x, sigmaY=sigma_y)
    return np.ascontiguousarray(wide[pad:-pad, pad:-pad])


def clouds(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> Field:
    """Give smooth noise (rows, columns), blobs of ``scale`` pixels; 0 is white noise."""
    return _window(_sheet('clouds', scale), rng, shape)


def streaks(
    rng: np.random.Generator, shape: tuple[int, int], angle_rad: float, length: float = 24.0
) -> Field:
    """Give noise (rows, columns) drawn out to streaks at an angle, counter-clockwise from right."""
    rows, columns = shape
    turn: Matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), np.degrees(angle_rad), 1.0)
    turn[:, 2] += rng.uniform(200, 500, 2) - (columns / 2, rows / 2)
    return cv2.warpAffine(
        _sheet('streaks', length),
        turn,
        (columns, rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_WRAP,
    )


def rings(rng: np.random.Generator, ring_px: Field) -> Field:
    """Give noise that hangs on the radius alone, as a lathe leaves it; ``ring_px`` in pixels."""
    line = _sheet('clouds', 0.8)[int(rng.integers(SHEET))]
    place = np.minimum(ring_px, SHEET - 2)
    low = place.astype(np.int32)
    part = place - low
    return line[low] * (1 - part) + line[low + 1] * part


def _window(sheet: Field, rng: np.random.Generator, shape: tuple[int, int]) -> Field:
    top, left = (int(value) for value in rng.integers(0, SHEET, 2))
    rows, columns = shape
    if top + rows <= SHEET and left + columns <= SHEET:
        return sheet[top : top + rows, left : left + columns]
    wrapped = np.take(sheet, range(top, top + rows), axis=0, mode='wrap')
    return np.take(wrapped, range(left, left + columns), axis=1, mode='wrap')
