"""Blocks summed up."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.frame import Block, FrameMaker
from test.faults.robot import blocks, frames, LENGTH, Samples, STEP_S


def test_means_and_slope_are_those_of_the_block():
    samples = Samples(1.0)
    found = frames(samples)
    rows = slice(3 * LENGTH, 4 * LENGTH)
    assert np.allclose(found[3].position, samples.position[rows].mean(0))
    assert np.allclose(found[3].effort, samples.effort[rows].mean(0))
    slope = np.polyfit(np.arange(LENGTH) * STEP_S, samples.velocity[rows], 1)[0]
    assert np.allclose(found[3].acceleration, slope)
    assert np.abs(found[3].tracking).max() < 1e-5


def test_a_step_of_the_position_is_a_slip_of_that_size_once():
    samples = Samples(1.0)
    samples.position[55:, 1] += 0.02
    slips = np.array([frame.slip for frame in frames(samples)])
    assert slips[5, 1] == pytest.approx(0.02, abs=2e-4)
    assert np.abs(np.delete(slips[:, 1], 5)).max() < 2e-4
    assert np.abs(slips[:, 0]).max() < 2e-4


@pytest.mark.parametrize(
    ('change', 'mark', 'value'),
    [
        (lambda s: s.position.__setitem__((slice(50, 60), 0), np.nan), 'missing', 1.0),
        (lambda s: s.position.__setitem__((slice(49, 60), 0), s.position[49, 0]), 'frozen', 1.0),
        (lambda s: s.effort.__setitem__((slice(50, 55), 0), 0.0), 'unloaded', 0.5),
    ],
)
def test_what_sensors_do_wrong_is_counted(change, mark, value):
    samples = Samples(1.0)
    change(samples)
    found = getattr(frames(samples)[5], mark)
    assert found[0] == pytest.approx(value)
    assert found[1] == 0.0


def test_samples_that_never_came_are_no_fault_of_a_joint():
    samples = Samples(1.0)
    maker = FrameMaker(STEP_S, LENGTH)
    parts = blocks(samples)
    maker.make(parts[0])
    block = parts[1]
    repeated = [
        np.repeat(part[:1], LENGTH, axis=0)
        for part in (block.position, block.velocity, block.effort, block.reference)
    ]
    sent = np.array([True] + [False] * (LENGTH - 1))
    frame = maker.make(Block(*repeated, sent))
    assert not frame.missing.any()
    assert frame.frozen.max() <= 0.1
    after = maker.make(parts[2])
    assert np.abs(after.slip).max() < 2e-4  # the gap itself is no slip
    assert after.jolt.max() < 10


def test_velocity_is_made_from_positions_where_none_is_given():
    samples = Samples(1.0)
    truth = samples.velocity.copy()
    samples.velocity[:] = np.nan
    found = frames(samples)
    assert np.allclose(found[5].velocity, truth[50:60].mean(0), atol=0.02)


def test_many_robots_at_once_give_what_each_gives_alone():
    first, second = Samples(0.4, 1), Samples(0.4, 2)
    maker = FrameMaker(STEP_S, LENGTH)
    together = [
        maker.make(Block(*(np.stack(pair) for pair in zip(
            (a.position, a.velocity, a.effort, a.reference),
            (b.position, b.velocity, b.effort, b.reference)))))
        for a, b in zip(blocks(first), blocks(second))
    ]  # fmt: skip
    alone = frames(second)
    assert np.allclose(together[4].jolt[1], alone[4].jolt)
    assert np.allclose(together[4].slip[1], alone[4].slip)
