"""The bodies of the parts: closed upward and sideways, with holes and bites, facing outward."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.gazebo.part_mesh import outlines, part_mesh, trapezoids
from factory_perception.cell.gazebo.part_pictures import MM_PER_PX, sprite_of


def read(text):
    """Give vertices (N, 3), picture coordinates (N, 2), normals (M, 3) and faces of numbers."""
    rows = {'v': [], 'vt': [], 'vn': [], 'f': []}
    for line in text.splitlines():
        kind, *words = line.split()
        if kind == 'f':
            rows['f'].append([tuple(int(n) - 1 for n in word.split('/')) for word in words])
        elif kind in rows:
            rows[kind].append([float(word) for word in words])
    return (*(np.array(rows[kind]) for kind in ('v', 'vt', 'vn')), rows['f'])


def area_of(corners):
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def test_trapezoids_fill_a_square_with_a_hole():
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], float)
    hole = np.array([(3, 4), (5, 2), (7, 4), (5, 6)], float)
    pieces = list(trapezoids([square, hole]))
    assert sum(map(area_of, pieces)) == pytest.approx(100 - 8)


def test_an_outline_of_nothing_is_nothing():
    assert outlines(np.zeros((9, 9), np.uint8), 1.0) == []


@pytest.mark.parametrize('number', range(10))
def test_bodies_are_whole(stock, number):
    sprite = sprite_of(stock[number].part)
    vertices, places, normals, faces = read(part_mesh(sprite))
    height = sprite.part.shape.height_mm / 1000
    area = np.count_nonzero(sprite.alpha > 127) * (MM_PER_PX / 1000) ** 2
    flat = volume = 0.0
    for face in faces:
        corners = vertices[[vertex for vertex, _, _ in face]]
        normal = normals[face[0][2]]
        fans = [np.cross(corners[i] - corners[0], corners[i + 1] - corners[0]) / 2
                for i in range(1, len(corners) - 1)]  # fmt: skip
        assert all(fan @ normal >= -1e-12 for fan in fans)
        flat += sum(fan[2] for fan in fans)
        volume += sum(fan @ corners[0] for fan in fans) / 3
    assert flat == pytest.approx(area, rel=0.07)  # the outline runs through the middles of pixels
    assert volume == pytest.approx(flat * height, rel=1e-3)  # walls stand upright and face outward
    assert places.min() >= 0
    assert places.max() <= 1
    assert set(np.round(vertices[:, 2], 5)) == {0.0, round(height, 5)}
