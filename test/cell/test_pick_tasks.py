"""Which part the arm goes for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.cell.conveyor import Conveyor, Rider
from factory_perception.cell.parts import make_part
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.pick_tasks import PickTasks
from factory_perception.cell.seeds import stream


@pytest.fixture(scope='module')
def planner(config):
    return CyclePlanner(config)


def tasks_with(config, planner, *places, speed=0.15):
    """Put parts on an otherwise empty belt: (x, defective) each."""
    conveyor = Conveyor(config, 1, 9.7)
    conveyor.riders = [
        Rider(make_part(config.parts, 1, 100 + k, 9.7, 'gear', 1.0 if bad else 0.0), x, 0.02)
        for k, (x, bad) in enumerate(places)
    ]
    conveyor._coming = replace(conveyor._coming, offset_m=-99.0)
    conveyor.set_speed(speed, 0.0)
    return PickTasks(config, planner, conveyor, stream(1, 'test'))


@pytest.mark.parametrize(
    'places, chosen',
    [
        ([(0.15, False)], 0),
        ([(0.25, False), (0.05, False)], 0),  # the one that would be gone first
        ([(0.25, False), (0.15, True)], 1),  # defective before good
        ([(0.25, False), (-0.5, True)], None),  # a good one is let go for a defective one to come
        ([(-1.2, True)], None),  # too far to wait for over the belt
        ([(0.55, True)], None),  # gone before the arm could be there
    ],
)
def test_choice(config, planner, places, chosen):
    tasks = tasks_with(config, planner, *places)
    task = tasks.next_task(0.0, planner.home)
    if chosen is None:
        assert tasks.rider is None
        assert task.mass_kg == 0
        assert task.cycle.path.duration_s < 0.5
        return
    rider = tasks.conveyor.riders[chosen]
    assert tasks.rider is rider
    assert task.mass_kg == rider.part.mass_kg
    # When the gripper closes, the belt has brought the part there.
    assert tasks.conveyor.place(rider, task.cycle.grasp_s) == pytest.approx(
        tasks.pick_x_m, abs=0.011
    )
    low, high = config.cycle.pick_x_m
    assert low <= tasks.pick_x_m <= high


def test_bad_parts_go_to_their_own_bin(config, planner):
    ends = []
    for bad in (True, False):
        tasks = tasks_with(config, planner, (0.2, bad))
        cycle = tasks.next_task(0.0, planner.home).cycle
        ends.append(cycle.path.at(np.array([cycle.release_s]))[0][0])
    assert np.abs(ends[0] - ends[1]).max() > 0.3


def test_a_part_on_a_standing_belt_is_picked_where_it_lies(config, planner):
    tasks = tasks_with(config, planner, (0.5, False), speed=0.0)
    tasks.next_task(0.0, planner.home)
    assert tasks.pick_x_m == pytest.approx(0.5)
    assert tasks.grip(1.7)
    assert not tasks.grip(1.8)
    assert tasks.conveyor.counts.picked_good == 1
    assert tasks.conveyor.counts.missed_grips == 1


def test_on_a_standing_belt_too_defective_parts_come_first(config, planner):
    tasks = tasks_with(config, planner, (0.52, False), (0.48, True), speed=0.0)
    tasks.next_task(0.0, planner.home)
    assert tasks.rider is tasks.conveyor.riders[1]
