"""The belt: weave, wear lanes, scuffs, dust, oil, edge marks and the splice, all moving."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Field, Matrix, Picture
from factory_perception.cell.seeds import stream

MM_PER_PX = 1.2


@dataclass(frozen=True)
class BeltLook:
    """How a belt looks; ``colour_bgr`` is its linear reflectance, the rest are strengths from 0."""

    colour_bgr: tuple[float, float, float] = (0.052, 0.056, 0.046)
    weave: float = 1.0
    wear: float = 1.0
    dust: float = 1.0
    stains: float = 1.0
    marks: bool = True
    seam: bool = True


def belt_texture(look: BeltLook, length_m: float, width_m: float, seed: int) -> Picture:
    """Draw one loop of belt as a picture that wraps in its columns.

    Returns:
        uint8 (rows, columns, 3), gamma 2, ``MM_PER_PX`` millimetres a pixel; row 0 is the edge at
        +y, columns run along +x.
    """
    rng = stream(seed, 'belt')
    rows, columns = round(width_m * 1000 / MM_PER_PX), round(length_m * 1000 / MM_PER_PX)
    tone = _rubber(rng, rows, columns, look)
    tone *= _lanes(rng, rows, look)[:, None]
    light: Cover = np.zeros((rows, columns), np.uint8)
    dark: Cover = np.zeros((rows, columns), np.uint8)
    _scuffs(rng, light, dark, look)
    _dust(rng, light, look)
    if look.seam:
        _seam(rng, light, dark)
    light = cv2.GaussianBlur(light, (0, 0), 0.7)
    dark = cv2.GaussianBlur(dark, (0, 0), 0.9)
    tone *= 1 - dark.astype(np.float32) / 255
    if look.marks:
        _marks(light, rows)
    shine = (light.astype(np.float32) / 255)[..., None]
    colour = tone[..., None] * np.array(look.colour_bgr, np.float32)
    colour += shine * (np.array((0.40, 0.42, 0.43), np.float32) - colour)
    return (cv2.sqrt(np.clip(colour, 0, 1)) * 255).astype(np.uint8)


def _tile(rng: np.random.Generator, rows: int, columns: int, sx: float, sy: float) -> Field:
    """Give noise of mean 0 and deviation 1 that wraps in its columns."""
    step = max(int(min(sx, sy) / 2), 1)
    small_rows, small_columns = -(-rows // step), -(-columns // step)
    noise: Field = rng.standard_normal((small_rows, small_columns), np.float32)
    pad = min(int(3 * sx / step) + 1, small_columns)
    noise = np.concatenate([noise[:, -pad:], noise, noise[:, :pad]], axis=1)
    noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=sx / step, sigmaY=sy / step)[:, pad:-pad]
    noise = cv2.resize(noise, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return noise / max(float(noise.std()), 1e-6)


def _rubber(rng: np.random.Generator, rows: int, columns: int, look: BeltLook) -> Field:
    fine = rng.standard_normal((rows, columns), np.float32)
    weave = _tile(rng, rows, columns, 1.3, 0.8)
    tone = 1 + np.float32(0.04) * fine + np.float32(0.055 * look.weave) * weave
    tone += np.float32(0.035 * look.weave) * _ribs(rows, columns)
    tone += np.float32(0.08 * look.wear) * _tile(rng, rows, columns, 45, 28)
    tone += np.float32(0.022 * look.wear) * _tile(rng, rows, columns, 60, 2.0)
    blotch = _tile(rng, rows, columns, 16, 12)
    oil = np.clip(blotch - np.float32(3.0 - 0.55 * look.stains), 0, 0.5)
    return np.clip(tone - oil * np.float32(0.7), 0.25, 3)


def _ribs(rows: int, columns: int) -> Field:
    """Give the fine diamond pattern that is pressed into the rubber; it wraps in its columns."""
    turns = round(columns / 5.2)
    along = np.arange(columns, dtype=np.float32) * np.float32(2 * np.pi * turns / columns)
    across = np.arange(rows, dtype=np.float32)[:, None] * np.float32(2 * np.pi / 5.2)
    return np.cos(along + across) * np.cos(along - across)


def _lanes(rng: np.random.Generator, rows: int, look: BeltLook) -> Field:
    """Give the tone across the belt: lanes polished by parts, edges rubbed by the guides."""
    across = np.linspace(-1, 1, rows, dtype=np.float32)
    tone = np.ones(rows, np.float32)
    for _ in range(3):
        middle, width = rng.uniform(-0.6, 0.6), rng.uniform(0.08, 0.25)
        lane = np.exp(-(((across - middle) / width) ** 2))
        tone += np.float32(rng.uniform(0.05, 0.20) * look.wear) * lane
    line = cv2.GaussianBlur(rng.standard_normal((rows, 1), np.float32), (0, 0), 1.2).ravel()
    tone += np.float32(0.05 * look.wear) * line
    edge = np.exp(-(1 - np.abs(across)) / np.float32(0.035))
    return tone * (1 + np.float32(0.5) * edge)


def _scuffs(rng: np.random.Generator, light: Matrix, dark: Matrix, look: BeltLook) -> None:
    """Draw the short marks that parts leave where they drop and slide."""
    rows, columns = light.shape
    for _ in range(int(columns / 38 * look.wear)):
        canvas, strength = (light, 46) if rng.random() < 0.65 else (dark, 80)
        x, y = rng.uniform(0, columns), rng.uniform(4, rows - 4)
        length, lean = rng.uniform(8, 70), rng.normal(0, 0.12)
        value = int(rng.uniform(0.3, 1) * strength)
        for shift in (0, -columns):
            begin = (int((x + shift) * 16), int(y * 16))
            end = (int((x + shift + length) * 16), int((y + lean * length) * 16))
            cv2.line(canvas, begin, end, value, 1, cv2.LINE_AA, 4)


def _dust(rng: np.random.Generator, light: Matrix, look: BeltLook) -> None:
    rows, columns = light.shape
    count = int(rows * columns / 700 * look.dust)
    places = (rng.integers(0, rows, count), rng.integers(0, columns, count))
    light[places] = np.maximum(light[places], rng.integers(10, 70, count, dtype=np.uint8))
    for _ in range(int(columns / 110 * look.dust)):  # swarf: short curled chips of metal
        x, y, size = rng.uniform(0, columns), rng.uniform(0, rows), rng.uniform(1.0, 2.6)
        turn = float(rng.uniform(0, 360))
        cv2.ellipse(
            light,
            (int(x * 16), int(y * 16)),
            (int(size * 16), int(size * 9)),
            turn,
            0,
            float(rng.uniform(120, 300)),
            int(rng.uniform(60, 170)),
            1,
            cv2.LINE_AA,
            4,
        )


def _seam(rng: np.random.Generator, light: Matrix, dark: Matrix) -> None:
    """Draw the finger splice: a zigzag across the belt, with a darker strip of glue."""
    rows, columns = light.shape
    middle = int(rng.integers(80, columns - 80))
    points = np.array([[middle + (14 if k % 2 else -14), k * 16] for k in range(rows // 16 + 2)])
    cv2.rectangle(dark, (middle - 24, 0), (middle + 24, rows), 34, -1)
    cv2.polylines(dark, [points.astype(np.int32)], False, 170, 2, cv2.LINE_AA)
    cv2.polylines(light, [(points + np.array([2, 0])).astype(np.int32)], False, 38, 1, cv2.LINE_AA)


def _marks(light: Matrix, rows: int) -> None:
    """Print the scale along the belt's edge: a tick every 50 mm, a longer one every 250 mm."""
    columns = light.shape[1]
    for index in range(int(columns * MM_PER_PX / 50)):
        x = round(index * 50 / MM_PER_PX)
        long = 11 if index % 5 == 0 else 5
        cv2.line(light, (x, rows - 4 - long), (x, rows - 5), 150, 1)
