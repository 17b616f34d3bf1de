"""What the arm in Gazebo is asked to do: pick cycles with their torques, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.drive_model import drive_model, foreseen_torque
from factory_perception.cell.dynamics import inverse_dynamics, model_of
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.tasks import RandomTasks
from factory_perception.cell.trajectory import Path

#: Gazebo's controller does not interpolate: between two points it holds the first.
POINT_S = 0.002
#: Nearer to home than this the arm counts as being there.
_HOME_RAD = 0.05


@dataclass(frozen=True)
class Motion:
    """A motion from rest to rest: point k holds from ``k * POINT_S`` on; (T, n) each."""

    position: Matrix
    velocity: Matrix
    feed: Matrix

    @property
    def duration_s(self) -> float:
        """Give the time of the last point, which holds for ever."""
        return (len(self.position) - 1) * POINT_S

    def at(self, time_s: float) -> tuple[Matrix, Matrix, Matrix]:
        """Give position, velocity and feed-forward (n,) that hold at a time from the start."""
        index = int(np.clip(np.floor(time_s / POINT_S + 1e-6), 0, len(self.position) - 1))
        return self.position[index], self.velocity[index], self.feed[index]


class MotionPlanner:
    """Plans motions for the arm of one cell; the gripper stays empty."""

    def __init__(self, config: CellConfig, seed: int) -> None:
        self._model, self._drives = model_of(config.arm), drive_model(config.arm)
        self._planner = CyclePlanner(config)
        self._tasks = RandomTasks(config, self._planner, stream(seed, 'gazebo tasks'))

    def next(self, position: Matrix) -> Motion:
        """Plan from where the arm stands (n,): home first, from there the next cycle."""
        if np.abs(position - self._planner.home).max() > _HOME_RAD:
            return self._motion(self._planner.wait(position, 0.5).path)
        return self._motion(self._tasks.next_task(0.0, self._planner.home).cycle.path)

    def _motion(self, path: Path) -> Motion:
        count = int(np.ceil(path.duration_s / POINT_S)) + 1
        q, dq, ddq = path.at(np.arange(count) * POINT_S)
        dq[-1] = 0.0
        drives = self._drives
        feed = inverse_dynamics(self._model, q, dq, ddq) + foreseen_torque(drives, dq, ddq)
        return Motion(q, dq, np.clip(feed, -drives.limit, drives.limit))
