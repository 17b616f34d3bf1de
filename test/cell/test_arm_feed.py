"""What an arm is asked to do, and what happens to the part in its gripper."""

from __future__ import annotations

import pytest

from factory_perception.cell.arm_feed import ArmFeed
from factory_perception.cell.config import load_config
from factory_perception.cell.dynamics import model_of
from factory_perception.cell.faults import make_fault
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.tasks import RandomTasks


class Remembered(RandomTasks):
    """Random tasks that can be looked up by the time they began."""

    def next_task(self, time_s, q):
        task = super().next_task(time_s, q)
        self.begun = [*getattr(self, 'begun', []), (time_s, task)]
        return task


@pytest.mark.parametrize(('severity', 'share'), [(1.0, 0.3), (0.5, 0.65)])
def test_a_poor_grip_lets_go_on_the_way_and_earlier_the_poorer_it_is(severity, share):
    config = load_config()
    planner = CyclePlanner(config)
    tasks = Remembered(config, planner, stream(1, 'tasks'))
    feed = ArmFeed(config, model_of(config.arm), tasks, planner.home)
    names = config.arm.joint_names
    feed.next(5000, [make_fault('grip_loss', '', severity, 0.0, 0.0, 60.0, names)])
    assert len(feed.grip.losses) >= 2
    for loss in feed.grip.losses:
        begin_s, task = max(
            (one for one in tasks.begun if one[0] <= loss.begin_s), key=lambda x: x[0]
        )
        held = task.cycle.release_s - task.cycle.grasp_s
        at = (loss.begin_s - begin_s - task.cycle.grasp_s) / held
        assert at == pytest.approx(share, abs=0.01)


def test_what_slips_over_the_bin_falls_where_it_belongs():
    config = load_config()
    planner = CyclePlanner(config)

    def losses(fault_of):
        tasks = Remembered(config, planner, stream(0, 'tasks'))
        feed = ArmFeed(config, model_of(config.arm), tasks, planner.home)
        feed.next(1)
        cycle = tasks.begun[0][1].cycle
        at_bin_s = cycle.release_s - config.cycle.release_s / 2
        feed.next(round(cycle.release_s * config.arm.rate_hz), [fault_of(at_bin_s)])
        return feed.grip.losses

    def slip(onset_s):
        return make_fault('grip_loss', '', 1.0, onset_s, 0.0, 0.05, config.arm.joint_names)

    assert losses(lambda at_bin_s: slip(at_bin_s + 0.01)) == []
    assert len(losses(lambda at_bin_s: slip(at_bin_s - 0.05))) == 1
