"""Health of the stream itself."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.block_collector import BlockCollector
from factory_perception.faults.stream_layer import Pulse, StreamLayer
from test.faults.robot import FRAME_S, frames, JOINTS, Samples

MS = 1_000_000


@pytest.mark.parametrize(('interval_ms', 'faults'), [(4, []), (5, []), (9, ['stream_rate'])])
def test_a_stream_that_slowed_down_is_told(interval_ms, faults):
    pulse = Pulse(4 * MS, 1000 * MS)
    for _ in range(400):
        pulse.beat(interval_ms * MS)
    assert [one.fault for one in pulse.verdicts(0, 0)] == faults


def test_odd_stamps_are_told_for_a_while():
    pulse = Pulse(4 * MS, 1000 * MS)
    pulse.strange('the clock jumped', 100)
    assert [one.compared for one in pulse.verdicts(50, 200)] == ['the clock jumped']
    assert pulse.verdicts(10_000 * MS, 10_000 * MS) == []


def test_a_position_that_stands_still_while_velocity_moves_is_stuck():
    samples = Samples(4.0, 2)
    samples.position[500:, 0] = samples.position[500, 0]
    layer, found = StreamLayer(JOINTS, FRAME_S), []
    for number, frame in enumerate(frames(samples), 1):
        layer.update(frame, round(number * FRAME_S * 1e9))
        found += [(number * FRAME_S, one.part, one.fault) for one in layer.verdicts()]
    assert {(part, fault) for _, part, fault in found} == {('base', 'sensor_stuck')}
    assert 2.0 < found[0][0] < 3.0


def _sample(value):
    return np.full((3, 2), float(value))


def test_blocks_are_made_of_samples_as_they_came_and_holes_are_bridged():
    collector = BlockCollector(2, 4 * MS, 5)
    for number in [0, 1, 2, 4, 5, 6, 7]:
        collector.add(number * 4 * MS, _sample(number))
        collector.add_reference(number * 4 * MS, np.full(2, number + 0.25))
    end_ns, block = collector.take()
    assert end_ns == 20 * MS
    assert block.position[:, 0].tolist() == [1, 2, pytest.approx(3.5), 4, 5]
    assert block.sent.tolist() == [True, True, False, True, True]
    assert block.reference[0].tolist() == [1.25, 1.25]
    assert collector.take() is None


def test_memory_stays_the_same_over_a_long_time():
    collector = BlockCollector(2, 4 * MS, 5)
    size = collector._samples._values.nbytes
    taken = 0
    for number in range(5000):
        collector.add(number * 4 * MS, _sample(number))
        while (found := collector.take()) is not None:
            taken += 1
            assert found[1].position[-1, 0] == taken * 5
    assert taken == 999
    assert collector._samples._values.nbytes == size
