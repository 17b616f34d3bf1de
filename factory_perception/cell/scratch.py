"""Scratches: curved grooves, alone or a few side by side, dark in the middle with a bright lip."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from factory_perception.cell.arrays import Field, Mask
from factory_perception.cell.shapes import material, Shape
from factory_perception.cell.surface import Surface

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Scratch:
    """Lines in the part's frame, in millimetres. ``bright`` scratches show bare metal."""

    lines: tuple[Line, ...]
    width_mm: float
    bright: bool
    kind: str = 'scratch'
    forgotten: int | None = None

    def carve(self, surface: Surface) -> None:
        """Leave the outline as it is."""

    def paint(self, surface: Surface) -> Mask:
        """Draw the grooves; give where they are."""
        core = self._strokes(surface, self.width_mm, 0.0)
        lip = np.maximum(self._strokes(surface, self.width_mm, 0.8 * self.width_mm) - core, 0)
        if self.bright:  # bare, torn metal under paint or oxide
            bare = np.array((0.74, 0.75, 0.76), np.float32)
            surface.colour += (bare - surface.colour) * (0.95 * core)[..., None]
            surface.colour *= (1 - 0.55 * lip)[..., None]
            surface.metal += core * (np.float32(0.35) - surface.metal)
        else:
            surface.colour *= ((1 - 0.86 * core) * (1 + 0.9 * lip))[..., None]
            surface.metal += core * (np.float32(0.45) - surface.metal)
        np.clip(surface.colour, 0.01, 0.97, out=surface.colour)
        surface.gloss *= 1 - 0.55 * core
        surface.lean_y += 0.5 * (core - lip)
        return (core > 0.35) & (surface.edge < 0)

    def _strokes(self, surface: Surface, width_mm: float, shift_mm: float) -> Field:
        canvas = np.zeros(surface.shape, np.uint8)
        width = max(round(width_mm / surface.mm_per_px), 1)
        for line in self.lines:
            pixels = _to_pixels(np.array(line, np.float32) + shift_mm * 0.7, surface)
            cv2.polylines(
                canvas, [np.round(pixels * 16).astype(np.int32)], False, 255, width, cv2.LINE_AA, 4
            )
        return canvas.astype(np.float32) / 255


def _to_pixels(points: Field, surface: Surface) -> Field:
    """Turn places in the part's frame into (column, row) of the grid."""
    middle = surface.shape[0] // 2
    # The grid is a rotation, so its own corner values give the inverse.
    right = np.array([surface.x[middle, -1], surface.y[middle, -1]]) / (middle * surface.mm_per_px)
    column = points @ right / surface.mm_per_px + middle
    row = middle - points @ np.array([-right[1], right[0]]) / surface.mm_per_px
    return np.stack([column, row], 1).astype(np.float32)


def make_scratch(
    rng: np.random.Generator, shape: Shape, yaw_rad: float, least_mm: float, dark: bool
) -> Scratch:
    """Draw a scratch whose extent along the world's axes is at least ``least_mm`` where it fits."""
    best: tuple[float, tuple[Line, ...]] | None = None
    for _ in range(30):
        lines = _draw_lines(rng, shape.radius_mm)
        points = np.concatenate([np.array(line, np.float32) for line in lines])
        inside = material(shape, points[:, 0], points[:, 1]) < -1.2
        score = 0.0
        if inside.any():
            kept = points[inside] @ _turn(yaw_rad)
            short, long = np.sort(np.ptp(kept, axis=0))
            score = inside.mean() * min(short / least_mm, 1.2) * min(long / (2 * least_mm), 1.0)
        if best is None or score > best[0]:
            best = (score, lines)
        if score > 0.9:
            break
    assert best is not None
    return Scratch(best[1], rng.uniform(1.2, 1.7) if dark else rng.uniform(1.4, 2.3), dark)


def _turn(yaw_rad: float) -> Field:
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.array([[c, s], [-s, c]], np.float32)


def _draw_lines(rng: np.random.Generator, radius_mm: float) -> tuple[Line, ...]:
    scuffed = rng.random() < 0.35
    length = rng.uniform(24.0, 40.0) if scuffed else rng.uniform(30.0, 62.0)
    bend = rng.uniform(-0.5, 0.5) if scuffed else rng.choice([-1, 1]) * rng.uniform(0.7, 2.1)
    steps = int(length / 1.5)
    heading = rng.uniform(0, 2 * np.pi) + np.linspace(-bend / 2, bend / 2, steps)
    heading += rng.normal(0, 0.05, steps)
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1) * 1.5, axis=0)
    middle = np.sqrt(rng.random()) * radius_mm * 0.85
    where = rng.uniform(0, 2 * np.pi)
    path += (middle * np.cos(where), middle * np.sin(where)) - path.mean(0)
    side = np.array([-np.sin(heading.mean()), np.cos(heading.mean())])
    lines, shift = [], 0.0
    for _ in range(int(rng.integers(2, 5)) if scuffed else 1):
        begin, end = int(rng.integers(0, steps // 4 + 1)), steps - int(rng.integers(0, steps // 4))
        kept = path[begin:end] if scuffed else path
        lines.append(tuple((float(x), float(y)) for x, y in kept + side * shift))
        shift += rng.uniform(3.2, 4.8)
    return tuple(lines)
