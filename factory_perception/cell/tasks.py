"""What the arm does next: tasks, and an endless row of random ones for making data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.pick_cycle import Cycle, CyclePlanner, Target


@dataclass(frozen=True)
class Task:
    """One planned cycle and the part that it will hold; ``mass_kg`` 0 when there is none."""

    cycle: Cycle
    mass_kg: float


class TaskSource(Protocol):
    """Gives the arm its next task whenever one has ended."""

    def next_task(self, time_s: float, q: Matrix) -> Task:
        """Plan from the positions ``q`` (n,) at which the arm stands at a time."""

    def grip(self, time_s: float) -> bool:
        """Say whether the gripper, closing at a time, closes on the task's part."""


class RandomTasks:
    """Picks at random places, parts of random mass, speeds, bins and pauses; never out of work."""

    def __init__(self, config: CellConfig, planner: CyclePlanner, rng: np.random.Generator) -> None:
        self._config, self._planner, self._rng = config, planner, rng

    def next_task(self, time_s: float, q: Matrix) -> Task:
        """Plan the next cycle; every fifth time or so there is no part to grip."""
        config, rng = self._config, self._rng
        target = Target(
            (
                float(rng.uniform(*config.cycle.pick_x_m)),
                float(rng.uniform(-config.parts.lane_m, config.parts.lane_m)),
                self._planner.grip_z_m,
            ),
            self._planner.bin_above(bool(rng.random() < 0.7)),
        )
        target = varied(target, config, rng)
        mass = 0.0 if rng.random() < 0.2 else float(rng.uniform(0.1, config.arm.max_payload_kg))
        return Task(self._planner.plan(target, q), mass)

    def grip(self, time_s: float) -> bool:
        """Say that the part is there."""
        return True


def varied(target: Target, config: CellConfig, rng: np.random.Generator) -> Target:
    """Give a target as this cycle happens to hit it: speed, twist, aim, a pause at the end."""
    cycle = config.cycle
    place = np.array(target.place_xyz_m) + rng.uniform(-1, 1, 3) * cycle.target_noise_m
    paused = rng.random() < cycle.pause_share
    return Target(
        target.pick_xyz_m,
        (float(place[0]), float(place[1]), float(place[2])),
        float(rng.uniform(*cycle.speed)),
        float(rng.uniform(-0.7, 0.7)),
        target.due_s,
        float(rng.uniform(*cycle.pause_s)) if paused else 0.0,
    )
