"""A part that a camera sees in a gripper, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.grip_watch import GripWatch

MS = 1_000_000
HELD = np.array([[40.0, 40.0, 60.0, 60.0]])
ELSEWHERE = np.array([[240.0, 40.0, 260.0, 60.0]])
NOTHING = np.zeros((0, 4))
CLOSED, OPEN = 0.01, 0.08


class Scene:
    """A camera at 20 Hz."""

    def __init__(self):
        self.watch, self.now_ns = GripWatch((30, 30, 70, 70), (0.0, 0.03)), 0

    def see(self, boxes, pictures=10):
        for _ in range(pictures):
            self.now_ns += 50 * MS
            self.watch.see(boxes, self.now_ns)
        return [one.fault for one in self.watch.verdicts(self.now_ns)]


def test_a_part_that_falls_out_of_a_closed_gripper_is_lost_until_it_opens():
    scene = Scene()
    scene.watch.move(CLOSED)
    assert scene.see(HELD) == []
    seen_ns = scene.now_ns
    assert scene.see(NOTHING, 3) == []  # a detector may miss a few
    assert scene.see(ELSEWHERE) == ['grip_loss']
    (verdict,) = scene.watch.verdicts(scene.now_ns)
    assert verdict.onset_ns == seen_ns and verdict.part == 'gripper'
    assert scene.see(HELD) == ['grip_loss']  # another part passes
    scene.watch.move(OPEN)
    assert scene.see(NOTHING) == []


@pytest.mark.parametrize('steps', [
    [(OPEN, HELD), (OPEN, NOTHING)],
    [(CLOSED, HELD), (OPEN, NOTHING)],
    [(CLOSED, NOTHING), (CLOSED, NOTHING)],
    [(CLOSED, ELSEWHERE), (CLOSED, NOTHING)],
    [(float('nan'), HELD), (float('nan'), NOTHING)],
])  # fmt: skip
def test_what_is_no_loss(steps):
    scene = Scene()
    for position, boxes in steps:
        scene.watch.move(position)
        assert scene.see(boxes) == []


@pytest.mark.parametrize('zone, holds', [
    ((0, 0, 0, 0), (0.0, 1.0)), ((70, 30, 30, 70), (0.0, 1.0)), ((30, 30, 70, 70), (1.0, 1.0)),
])  # fmt: skip
def test_an_empty_zone_or_interval_is_refused(zone, holds):
    with pytest.raises(ValueError, match='grip_zone'):
        GripWatch(zone, holds)
