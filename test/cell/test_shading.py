"""Light on parts: highlights follow the lamp, edges have sides, shadows fall away from the lamp."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.finish import STEEL
from factory_perception.cell.light import Lamp, LightRig, rig_of
from factory_perception.cell.parts import make_part
from factory_perception.cell.shading import encode, shade
from factory_perception.cell.sprite import make_sprite

PLACE = np.array([0.0, 0.0, 0.7])
EYE = np.array([0.0, 0.0, 1.5])


def lamp_at(angle_rad, reach_m=0.8):
    place = np.array([reach_m * np.cos(angle_rad), reach_m * np.sin(angle_rad), 1.8])
    return LightRig(0.2, (Lamp(place, (0.03, 0.03), np.ones(3), 0.8),), (0.0, 0.0))


@pytest.fixture(scope='module')
def disc(config):
    part = make_part(config.parts, 1, 3, 10.0, 'flange', 0.0)
    shape = replace(part.shape, square_mm=0.0, hub_rise_mm=0.0, rim_mm=999.0, holes=())
    return make_sprite(replace(part, shape=shape, finish=STEEL), 0.9)


def ring_brightness(sprite, shaded, share=0.6):
    """Give the brightness of the top face round a circle, from world +x counter-clockwise."""
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    reach = sprite.part.shape.radius_mm * share / sprite.mm_per_px
    middle = sprite.size // 2
    columns = np.round(middle + reach * np.cos(turn)).astype(int)
    rows = np.round(middle - reach * np.sin(turn)).astype(int)
    return shaded.bgr[rows, columns].mean(1)


@pytest.mark.parametrize('angle', [0.0, np.pi / 4, 1.9, np.pi])
def test_a_turned_face_shines_in_a_bow_tie_along_the_lamp(disc, angle):
    # Tool marks run round the middle, so light spreads across them: radially, toward the lamp.
    bright = ring_brightness(disc, shade(disc, lamp_at(angle), PLACE, EYE))
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    axis = np.angle(np.sum(bright * np.exp(2j * turn))) / 2
    away = np.angle(np.exp(2j * (axis - angle))) / 2
    assert abs(away) < 0.15
    assert bright.max() > bright.min() + 40


@pytest.mark.parametrize('angle', [0.0, np.pi / 2, np.pi, -2.2])
def test_shadows_fall_away_from_the_lamp(disc, angle):
    shadow = shade(disc, lamp_at(angle), PLACE, EYE).shadow.astype(float)
    dark = 255 - shadow
    middle = len(shadow) // 2
    rows, columns = np.mgrid[: len(shadow), : len(shadow)]
    shift = np.array([(dark * (columns - middle)).sum(), -(dark * (rows - middle)).sum()])
    shift /= dark.sum()
    assert np.dot(shift, [np.cos(angle), np.sin(angle)]) < -0.4
    assert shadow[0, 0] == 255


def test_bevels_toward_the_lamp_are_lighter(config, disc):
    painted = replace(disc, mirror=disc.mirror * 0, paint=np.full_like(disc.paint, 0.5))
    edge = ring_brightness(painted, shade(painted, lamp_at(0.0), PLACE, EYE), 0.985)
    assert edge[:6].mean() > edge[33:39].mean() + 15


def test_flat_paint_has_its_own_colour(config, disc):
    painted = replace(
        disc,
        mirror=disc.mirror * 0,
        paint=np.full_like(disc.paint, 0.25),
        normal_x=disc.normal_x * 0,
        normal_y=disc.normal_y * 0,
    )
    bright = ring_brightness(painted, shade(painted, rig_of(config.lights), PLACE, EYE))
    assert np.allclose(bright, 255 * np.sqrt(0.25), atol=3)


def test_encoding_is_gamma_two():
    assert encode(np.array([0.0, 0.25, 1.0, 4.0], np.float32)).tolist() == [0, 127, 255, 255]


def test_the_lamps_of_the_cell_make_the_middle_one(config):
    rig = rig_of(config.lights)
    assert rig.ambient + sum(lamp.share for lamp in rig.lamps) == pytest.approx(1)
    middle, side = rig.irradiance(np.array([(0, 0, 0.7), (0.35, -0.25, 0.7)]))
    assert np.allclose(middle, 1, atol=0.03)
    assert (side < middle).all()
