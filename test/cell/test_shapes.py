"""Signed distances against closed forms, and areas of whole parts against geometry."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.bracket import Bracket, make_bracket
from factory_perception.cell.flange import Flange, make_flange
from factory_perception.cell.gear import Gear, make_gear
from factory_perception.cell.seeds import stream
from factory_perception.cell.shapes import disc, Hole, material, rounded_box, step


def at(function, *points):
    x, y = np.array(points, np.float32).T
    return function(x, y)


@pytest.mark.parametrize(
    'function, point, distance',
    [
        (lambda x, y: disc(x, y, 5), (8, 6), 5),
        (lambda x, y: disc(x, y, 5), (0, 1), -4),
        (lambda x, y: rounded_box(x, y, 4, 2, 0.5), (7, 0), 3),
        (lambda x, y: rounded_box(x, y, 4, 2, 0.5), (0, 0), -2),
        (lambda x, y: rounded_box(x, y, 4, 2, 1), (6, 4), np.hypot(3, 3) - 1),
        (Hole(1, 2, 3).distance, (1, 9), 4),
        (Hole(0, 0, 1, length_mm=4, angle_rad=0).distance, (5, 0), 2),
        (Hole(0, 0, 1, length_mm=4, angle_rad=np.pi / 2).distance, (5, 2), 4),
        (lambda x, y: step(x, 2), (-1, 0), 1),
        (lambda x, y: step(x, 2), (1, 0), 0),
        (lambda x, y: step(x, 2), (0, 0), 0.5),
    ],
)
def test_distances(function, point, distance):
    assert np.isclose(at(function, point)[0], distance, atol=1e-5)


def area_mm2(shape, forgotten=None):
    line = np.arange(-90, 90, 0.2, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    return float((material(shape, x, y, forgotten) < 0).sum() * 0.04)


def test_area_of_a_flange():
    holes = (Hole(0, 0, 10), Hole(30, 0, 5, removable=True), Hole(-30, 0, 5, removable=True))
    flange = Flange(40, 15, 0, 0, 15, 2, 30, holes)
    disc_area = np.pi * (40**2 - 10**2 - 2 * 5**2)
    assert area_mm2(flange) == pytest.approx(disc_area, rel=0.005)
    assert area_mm2(flange, forgotten=1) == pytest.approx(disc_area + np.pi * 25, rel=0.005)


def test_area_of_a_gear_lies_between_its_circles_and_its_teeth_can_be_counted():
    gear = Gear(50, 15, 43, 20, 15, 38, 2, (Hole(0, 0, 10),))
    assert np.pi * (43**2 - 100) < area_mm2(gear) < np.pi * (50**2 - 100)
    turn = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    inside = at(gear.outline, *np.stack([46.5 * np.cos(turn), 46.5 * np.sin(turn)], 1)) < 0
    assert np.count_nonzero(inside != np.roll(inside, 1)) == 2 * 20


def test_area_of_a_bracket():
    bracket = Bracket(60, 8, 40, 30, (20, 20, 40, 30), 3, (), 0, (Hole(-30, -20, 4),))
    # 80 x 60 less the corner 60 x 40 beyond (-20, -10), rounded corners and the hole
    assert area_mm2(bracket) == pytest.approx(80 * 60 - 60 * 40 - np.pi * 16, rel=0.02)


@pytest.mark.parametrize('name, maker', [('flange', make_flange), ('gear', make_gear)])
def test_round_parts_fit_their_circle_and_have_room_for_their_holes(config, name, maker):
    sizes = config.parts.of(name)
    for seed in range(60):
        check_fit(maker(stream(seed, 'fit'), sizes), sizes, 1.02)


def test_brackets_fit_their_circle_and_come_as_l_and_as_u(config):
    shapes = [make_bracket(stream(seed, 'fit'), config.parts.bracket) for seed in range(60)]
    for shape in shapes:
        check_fit(shape, config.parts.bracket, 1.08)
    outlines = {shape.cut[0] == 0 for shape in shapes}
    assert outlines == {True, False}


def check_fit(shape, sizes, slack):
    assert sizes.diameter_mm[0] <= 2 * shape.radius_mm <= sizes.diameter_mm[1]
    assert sizes.height_mm[0] <= shape.height_mm <= sizes.height_mm[1]
    turn = np.linspace(0, 2 * np.pi, 720, dtype=np.float32)
    reach = np.float32(shape.radius_mm * slack)
    assert (shape.outline(reach * np.cos(turn), reach * np.sin(turn)) > 0).all()
    removable = [hole for hole in shape.holes if hole.removable]
    assert len(removable) >= 2
    for hole in removable:
        x, y = np.array([hole.x_mm], np.float32), np.array([hole.y_mm], np.float32)
        assert shape.outline(x, y)[0] < -hole.radius_mm - 1.5
        for other in shape.holes:
            if other is not hole:
                assert other.distance(x, y)[0] > hole.radius_mm + 1.0
