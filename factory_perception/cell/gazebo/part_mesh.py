"""The body of a part as a mesh: its outline with all holes and bites, raised to its height."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np

from factory_perception.cell.arrays import Cover, Matrix
from factory_perception.cell.sprite import Sprite

#: Corners of the outline are dropped where that moves it by less than this.
_SIMPLER_MM = 0.35


def outlines(cover: Cover, mm_per_px: float) -> list[Matrix]:
    """Give the closed outlines (N, 2) of a coverage, holes too, as (column, row)."""
    solid = (cover > 127).astype(np.uint8)
    found, _ = cv2.findContours(solid, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    simple = [cv2.approxPolyDP(line, _SIMPLER_MM / mm_per_px, True) for line in found]
    return [line.reshape(-1, 2).astype(np.float64) for line in simple if len(line) > 2]


def trapezoids(loops: list[Matrix]) -> Iterator[Matrix]:
    """Cut the inside of closed outlines into trapezoids (4, 2): rows of left, right, right, left.

    Between two neighbouring heights no outline has a corner, so that the inside there is what lies
    between the first and the second edge, the third and the fourth, and so on.
    """
    starts = np.concatenate(loops)
    ends = np.concatenate([np.roll(loop, -1, axis=0) for loop in loops])
    heights = np.unique(starts[:, 1])
    for low, high in pairwise(heights):
        across = np.minimum(starts[:, 1], ends[:, 1]) <= low
        across &= np.maximum(starts[:, 1], ends[:, 1]) >= high
        first, last = starts[across], ends[across]
        slope = (last[:, 0] - first[:, 0]) / (last[:, 1] - first[:, 1])
        at_low = first[:, 0] + slope * (low - first[:, 1])
        at_high = first[:, 0] + slope * (high - first[:, 1])
        order = np.argsort(at_low + at_high)
        for left, right in zip(order[::2], order[1::2]):
            yield np.array(
                [
                    (at_low[left], low),
                    (at_low[right], low),
                    (at_high[right], high),
                    (at_high[left], high),
                ]
            )


class _Mesh:
    """Collects vertices, each with its place in the picture, and faces with their normals."""

    def __init__(self, size: int, mm_per_px: float) -> None:
        self._size, self._scale = size, mm_per_px / 1000
        self._numbers: dict[tuple[float, float, float], int] = {}
        self._places: list[tuple[float, float, float]] = []
        self._lines: list[str] = []
        self._faces: list[str] = []

    def vertex(self, column: float, row: float, z_m: float) -> int:
        """Give the number of a vertex, from 1; equal ones are one."""
        key = (round(column, 3), round(row, 3), z_m)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            middle = self._size // 2
            place = ((key[0] - middle) * self._scale, (middle - key[1]) * self._scale, z_m)
            self._places.append(place)
            self._lines.append('v {:.5f} {:.5f} {:.5f}'.format(*place))
            u, v = (key[0] + 0.5) / self._size, 1 - (key[1] + 0.5) / self._size
            self._lines.append(f'vt {u:.5f} {v:.5f}')
        return self._numbers[key]

    def face(self, *corners: int) -> None:
        """Add a flat face, seen counter-clockwise from outside; doubled corners are one."""
        kept = list(dict.fromkeys(corners))
        if len(kept) < 3:
            return
        points = np.array([self._places[corner - 1] for corner in kept])
        normal = np.cross(points, np.roll(points, -1, axis=0)).sum(0)  # Newell's method
        normal /= max(float(np.linalg.norm(normal)), 1e-12)
        self._lines.append('vn {:.4f} {:.4f} {:.4f}'.format(*(normal + 0.0)))
        number = len(self._faces) + 1
        self._faces.append('f ' + ' '.join(f'{corner}/{corner}/{number}' for corner in kept))

    def text(self, comment: str) -> str:
        """Give the OBJ file."""
        return '\n'.join([f'# {comment}', *self._lines, *self._faces]) + '\n'


def part_mesh(sprite: Sprite) -> str:
    """Give an OBJ file in metres: origin in the middle of the foot, z up, the world's directions.

    Its picture coordinates are those of the sprite's grid; side walls take the colour of the edge.
    """
    loops = outlines(sprite.alpha, sprite.mm_per_px)
    height = sprite.part.shape.height_mm / 1000
    mesh = _Mesh(sprite.size, sprite.mm_per_px)
    for corners in trapezoids(loops):
        mesh.face(*(mesh.vertex(column, row, height) for column, row in corners[::-1]))
    for loop in loops:
        for (column, row), (next_column, next_row) in zip(loop, np.roll(loop, -1, axis=0)):
            mesh.face(
                mesh.vertex(column, row, height),
                mesh.vertex(column, row, 0.0),
                mesh.vertex(next_column, next_row, 0.0),
                mesh.vertex(next_column, next_row, height),
            )
    return mesh.text(f'A {sprite.part.kind}, made from config/cell.yaml.')
