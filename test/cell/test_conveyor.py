"""The conveyor: parts that do not overlap, that ride with the belt, and that add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from factory_perception.cell.conveyor import Conveyor


def run(config, steps, seed=4):
    conveyor = Conveyor(config, seed, 9.7)
    for time in steps:
        conveyor.advance_to(time)
    return conveyor


def test_parts_do_not_overlap_and_keep_their_distance(config):
    conveyor = run(config, [0.0])
    riders = []
    for time in np.arange(0, 200, 5.0):
        conveyor.advance_to(time)
        riders += [rider for rider in conveyor.riders if rider not in riders]
    offsets = np.array([rider.offset_m for rider in riders])
    gaps = -np.diff(offsets)
    low, high = config.parts.gap_m
    assert gaps.min() >= low - 1e-9
    assert np.mean(gaps) == pytest.approx((low + high) / 2, rel=0.25)
    for a, b in pairwise(riders):
        reach = (a.part.shape.radius_mm + b.part.shape.radius_mm) / 1000
        assert np.hypot(a.offset_m - b.offset_m, a.y_m - b.y_m) >= reach
    assert np.abs([rider.y_m for rider in riders]).max() <= config.parts.lane_m


def test_parts_that_come_close_still_do_not_touch(config):
    tight = replace(config, parts=replace(config.parts, gap_m=(0.01, 0.03)))
    riders = run(tight, [10.0]).riders
    assert len(riders) > 15
    for a, b in pairwise(riders):
        reach = (a.part.shape.radius_mm + b.part.shape.radius_mm) / 1000
        assert np.hypot(a.offset_m - b.offset_m, a.y_m - b.y_m) >= reach + 0.003


def test_time_in_one_step_or_many_is_the_same(config):
    one, many = run(config, [60.0]), run(config, np.arange(0, 60.01, 0.1))
    ids = [[(p.part.number, round(p.x_m, 9), p.y_m) for p in c.placed(60.0)] for c in (one, many)]
    assert ids[0] == ids[1]
    assert one.counts == many.counts


def test_parts_ride_with_the_belt_whatever_its_speed(config):
    conveyor = run(config, [0.0])
    rider = conveyor.riders[2]
    start = conveyor.place(rider, 0.0)
    conveyor.set_speed(0.3, 2.0)
    conveyor.set_speed(0.0, 3.0)
    assert conveyor.place(rider, 2.0) == pytest.approx(start + 0.15 * 2)
    assert conveyor.place(rider, 10.0) == pytest.approx(start + 0.15 * 2 + 0.3)
    assert conveyor.way_m(10.0) == pytest.approx(0.6)
    with pytest.raises(ValueError, match=r'belt speed 0\.6 m/s: use a value from -0\.5 to 0\.5'):
        conveyor.set_speed(0.6, 10.0)


def test_everything_that_arrived_is_somewhere(config):
    conveyor = run(config, np.arange(0, 120, 1.0))
    counts = conveyor.counts
    picked = next(rider for rider in conveyor.riders if rider.gone_s == np.inf)
    conveyor.pick(picked, 119.0)
    on_belt = len(conveyor.placed(119.0))
    left = counts.passed_good + counts.passed_defective
    taken = counts.picked_good + counts.picked_defective
    assert counts.arrived == on_belt + left + taken
    assert taken == 1
    assert 0.1 < counts.defective / counts.arrived < 0.6


def test_a_picked_part_is_gone_but_was_there(config):
    conveyor = run(config, [0.0])
    rider = conveyor.riders[1]
    conveyor.pick(rider, 2.0)
    assert rider.part in [placed.part for placed in conveyor.placed(1.9)]
    assert rider.part not in [placed.part for placed in conveyor.placed(2.0)]
