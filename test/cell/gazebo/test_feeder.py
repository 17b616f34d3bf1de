"""The feeder: parts come, ride, go and come again."""

from __future__ import annotations

from itertools import pairwise

import pytest

from factory_perception.cell.gazebo.feeder import Feeder
from factory_perception.cell.gazebo.parts_table import KnownPart


@pytest.fixture
def parts(stock):
    return [KnownPart(p.name, p.part.kind, p.waiting_xyz_m, ()) for p in stock]


def run(feeder, way_m, step_m=0.01):
    return [
        (index * step_m, move)
        for index in range(round(way_m / step_m))
        for move in feeder.moves(index * step_m)
    ]


def test_parts_come_one_after_the_other_and_again(config, parts):
    feeder = Feeder(config, parts, seed=1)
    moves = run(feeder, 30.0)
    waiting = {part.name: part.waiting_xyz_m for part in parts}
    down = [(way, move) for way, move in moves if move.xyz_m != waiting[move.name]]
    away = [(way, move) for way, move in moves if move.xyz_m == waiting[move.name]]
    assert len(down) > 3 * len(parts)
    gaps = [second[0] - first[0] for first, second in pairwise(down)]
    assert min(gaps) >= config.parts.gap_m[0] - 0.011
    for way, move in down:
        x, y, z = move.xyz_m
        assert -config.belt.length_m / 2 < x < 0
        assert abs(y) <= config.parts.lane_m
        assert 0 < z - config.belt.top_z_m < 0.01
        gone = [late for late, other in away if other.name == move.name and late > way]
        if gone:
            assert config.belt.length_m - 0.3 < gone[0] - way < config.belt.length_m
    names = [move.name for _, move in down]
    assert names[: len(parts)] == [part.name for part in parts]


def test_it_never_sets_down_a_part_that_still_rides(config, parts):
    feeder = Feeder(config, parts[:2], seed=1)
    run(feeder, 2.0)
    assert feeder.riding == 2


def test_the_same_seed_gives_the_same_moves(config, parts):
    assert run(Feeder(config, parts, 5), 6.0) == run(Feeder(config, parts, 5), 6.0)
    assert run(Feeder(config, parts, 5), 6.0) != run(Feeder(config, parts, 6), 6.0)
