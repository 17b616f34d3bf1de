"""The gripper: what is held, what is believed, and when a part was lost."""

from __future__ import annotations

import numpy as np

from factory_perception.cell.grip import Grip

TIME = np.arange(10) * 0.1
HELD = (np.arange(10) >= 2) & (np.arange(10) < 7)


def carry(grip, slip=None, pieces=((0, 10),)):
    parts = [
        grip.carry(HELD[a:b], None if slip is None else slip[a:b], TIME[a:b]) for a, b in pieces
    ]
    return [np.concatenate([part[k].ravel() for part in parts]) for k in (0, 1)]


def test_a_part_is_held_and_the_programmed_mass_believed():
    grip = Grip(0.7)
    grip.begin(1.2, 0.0)
    real, believed = carry(grip)
    assert np.array_equal(real, 1.2 * HELD)
    assert np.array_equal(believed, 0.7 * HELD)
    assert grip.losses == []


def test_an_empty_grip_is_felt_and_cannot_lose_anything():
    grip = Grip(0.7)
    grip.begin(1.2, 0.0)
    grip.drop()
    real, believed = carry(grip, np.ones(10, bool))
    assert not real.any() and not believed.any()
    assert grip.losses == []


def test_a_lost_part_stays_lost_and_is_believed_in_until_it_would_be_put_down():
    slip = np.zeros(10, bool)
    slip[4] = True
    for pieces in (
        ((0, 10),),
        ((0, 3), (3, 5), (5, 6), (6, 10)),
        tuple((k, k + 1) for k in range(10)),
    ):
        grip = Grip(0.7)
        grip.begin(1.2, 0.0)
        real, believed = carry(grip, slip, pieces)
        assert real.tolist() == [0, 0, 1.2, 1.2, 0, 0, 0, 0, 0, 0]
        assert np.array_equal(believed, 0.7 * HELD)
        assert [(loss.begin_s, loss.end_s) for loss in grip.losses] == [(TIME[4], TIME[7])]


def test_the_next_part_is_held_again():
    grip = Grip(0.7)
    grip.begin(1.2, 0.0)
    carry(grip, np.ones(10, bool), ((0, 6),))
    grip.begin(0.9, 5.0)
    assert grip.losses[0].end_s == 5.0
    assert np.array_equal(carry(grip)[0], 0.9 * HELD)
    assert len(grip.losses) == 1
