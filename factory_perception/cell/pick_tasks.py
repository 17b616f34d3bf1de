"""What the arm picks: defective parts before good ones, where the belt takes them within reach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.conveyor import Conveyor, Rider
from factory_perception.cell.kinematics import ReachError
from factory_perception.cell.pick_cycle import Cycle, CyclePlanner, Target
from factory_perception.cell.tasks import Task, varied

#: The arm waits over the belt for a part at most so long, and looks again after so long.
PATIENCE_S = 2.5
_LOOK_AGAIN_S = 0.3
#: A part is gripped if it is no further than this from where the gripper closes.
GRIP_REACH_M = 0.03


@dataclass
class PickTasks:
    """Chooses the next part from a conveyor and plans to pick it."""

    config: CellConfig
    planner: CyclePlanner
    conveyor: Conveyor
    rng: np.random.Generator
    #: The part that the present task is after, and where and when the gripper closes.
    rider: Rider | None = None
    pick_x_m: float = 0.0
    _earliest_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._earliest_s = self.planner.earliest_grasp_s(1.0)

    def next_task(self, time_s: float, q: Matrix) -> Task:
        """Plan the next pick, or a short wait when nothing comes within reach."""
        self.conveyor.advance_to(time_s)
        blank = Target((0.0, 0.0, self.planner.grip_z_m), self.planner.bin_above(True))
        habit = varied(blank, self.config, self.rng)
        for rider in self._candidates(time_s, habit.speed):
            cycle = self._plan(rider, habit, time_s, q)
            if cycle is not None:
                self.rider = rider
                return Task(cycle, rider.part.mass_kg)
        self.rider = None
        return Task(self.planner.wait(q, _LOOK_AGAIN_S), 0.0)

    def grip(self, time_s: float) -> bool:
        """Take the part off the belt when the gripper closes; say whether it was there."""
        rider = self.rider
        if rider is None:
            return False
        away = abs(self.conveyor.place(rider, time_s) - self.pick_x_m)
        if rider.gone_s <= time_s or away > GRIP_REACH_M:
            self.conveyor.counts.missed_grips += 1
            return False
        self.conveyor.pick(rider, time_s)
        return True

    def _candidates(self, time_s: float, speed: float) -> list[Rider]:
        """List the parts that can be reached in time, defective ones and early ones first."""
        low, high = self.config.cycle.pick_x_m
        soonest = self._earliest_s / speed * 0.9
        ahead = self.conveyor.speed_m_s
        busy = self.config.cycle.period_s / speed + soonest
        found, saved = [], False
        for rider in self.conveyor.riders:
            x = self.conveyor.place(rider, time_s)
            first, last = sorted((x + ahead * soonest, x + ahead * (soonest + PATIENCE_S)))
            if rider.gone_s <= time_s or first > high:
                continue
            if last >= low:
                found.append((not rider.part.defective, -x, rider.part.number, rider))
            # A defective part that would run by during a pick of a good one is waited for.
            saved = saved or (rider.part.defective and x + ahead * busy > high)
        found.sort(key=lambda entry: entry[:3])
        return [entry[3] for entry in found if entry[3].part.defective or not saved]

    def _plan(self, rider: Rider, habit: Target, time_s: float, q: Matrix) -> Cycle | None:
        """Plan to meet a part; None where it cannot be met."""
        low, high = self.config.cycle.pick_x_m
        place = habit.place_xyz_m
        if rider.part.defective:
            shift = np.array(place) - self.planner.bin_above(True)
            bad = np.array(self.planner.bin_above(False)) + shift
            place = (float(bad[0]), float(bad[1]), float(bad[2]))
        speed = self.conveyor.speed_m_s
        now = self.conveyor.place(rider, time_s)
        due = self._earliest_s / habit.speed
        cycle = None
        for _ in range(4):
            x = max(now + speed * due, low) if speed > 0 else now + speed * due
            if not low <= x <= high:
                return None
            due = (x - now) / speed if speed > 0 else 0.0
            grip = (x, rider.y_m, self.planner.grip_z_m)
            # The gripper closes in the middle of its dwell.
            early = due - self.config.cycle.grasp_s / 2
            target = replace(habit, pick_xyz_m=grip, place_xyz_m=place, due_s=early)
            try:
                cycle = self.planner.plan(target, q)
            except ReachError:
                return None
            late = cycle.grasp_s - due
            if abs(late) * abs(speed) < GRIP_REACH_M / 3:
                self.pick_x_m = x
                return cycle
            due = cycle.grasp_s
        return None
