"""Parts and their defects: seeded, varied, large enough, where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.parts import CLASSES, make_part, PARTS
from factory_perception.cell.sprite import make_sprite

DEFECTS = CLASSES[3:]


def test_the_class_list():
    assert CLASSES == ('flange', 'gear', 'bracket', 'scratch', 'chip', 'stain', 'missing_hole')


def test_the_same_arguments_give_the_same_part(config):
    first = make_part(config.parts, 3, 7, 10.0)
    again = make_part(config.parts, 3, 7, 10.0)
    assert first == again
    assert first != make_part(config.parts, 3, 8, 10.0)
    assert first != make_part(config.parts, 4, 7, 10.0)


def test_shares(config):
    parts = [make_part(config.parts, 1, number, 10.0) for number in range(1, 401)]
    share = np.mean([part.defective for part in parts])
    assert abs(share - config.parts.defect_share) < 3 * np.sqrt(0.3 * 0.7 / 400)
    assert {part.kind for part in parts} == set(PARTS)
    kinds = {defect.kind for part in parts for defect in part.defects}
    assert kinds == set(DEFECTS)
    assert len({part.finish.name for part in parts}) >= 8


@pytest.mark.parametrize('share, expected', [(0.0, False), (1.0, True)])
def test_the_share_of_defects_can_be_set(config, share, expected):
    parts = [make_part(config.parts, 1, number, 10.0, defects=share) for number in range(1, 30)]
    assert all(part.defective == expected for part in parts)


@pytest.mark.parametrize('kind', PARTS)
@pytest.mark.parametrize('defect', DEFECTS)
def test_every_defect_is_large_enough_and_on_the_part(config, kind, defect):
    least = 9.7
    for number in range(1, 16):
        part = make_part(config.parts, 5, number, least, kind, defect)
        assert [flaw.kind for flaw in part.defects] == [defect]
        sprite = make_sprite(part, 0.9)
        rows, columns = np.nonzero(sprite.defect_masks[0])
        sides = np.array([np.ptp(rows), np.ptp(columns)]) * 0.9
        assert sides.max() > least
        assert sides.min() > 0.7 * least
        reach = np.hypot(rows - sprite.size // 2, columns - sprite.size // 2).max() * 0.9
        assert reach < part.shape.radius_mm * 1.08 + 1


def test_a_missing_hole_is_filled_and_a_chip_is_open(config):
    for number in range(1, 12):
        part = make_part(config.parts, 6, number, 9.7, 'flange', 'missing_hole')
        sprite = make_sprite(part, 0.9)
        assert sprite.alpha[sprite.defect_masks[0] > 0].min() == 255
        part = make_part(config.parts, 6, number, 9.7, 'flange', 'chip')
        sprite = make_sprite(part, 0.9)
        assert np.mean(sprite.alpha[sprite.defect_masks[0] > 0] < 128) > 0.5


def test_an_unknown_defect_is_named(config):
    with pytest.raises(ValueError, match="no defect is called 'dent': use one of scratch, chip"):
        make_part(config.parts, 1, 1, 10.0, 'gear', 'dent')
