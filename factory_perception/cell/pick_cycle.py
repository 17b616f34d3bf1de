"""The pick cycle: from the inspection pose to a part on the belt, to a bin, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
import functools
import itertools

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.camera import rotation_of
from factory_perception.cell.config import CellConfig
from factory_perception.cell.kinematics import Chain, chain_of, solve_ik, tool_down
from factory_perception.cell.trajectory import least_duration, Path, plan_path, Waypoint

#: The pick pose is so far above the belt: the gripper holds a part by its upper half.
GRIP_M = 0.012
#: The tool leans sideways to look at the belt, and the other way to let a part slide into a bin.
INSPECT_TILT_RAD = 0.45
PLACE_TILT_RAD = -0.40


@dataclass(frozen=True)
class Target:
    """What one cycle is about.

    The part is gripped at ``pick_xyz_m``, no earlier than ``due_s`` after the cycle's start, and
    put down at ``place_xyz_m``; ``speed`` is the share of full speed; the gripper is turned by
    ``twist_rad``; ``pause_s`` is spent at the end.
    """

    pick_xyz_m: tuple[float, float, float]
    place_xyz_m: tuple[float, float, float]
    speed: float = 1.0
    twist_rad: float = 0.0
    due_s: float = 0.0
    pause_s: float = 0.0


@dataclass(frozen=True)
class Cycle:
    """A planned cycle; the part is held from ``grasp_s`` to ``release_s`` after its start."""

    path: Path
    grasp_s: float
    release_s: float


class CyclePlanner:
    """Plans pick cycles for one cell."""

    def __init__(self, config: CellConfig) -> None:
        self._config = config
        self._chain: Chain = chain_of(config.arm)
        self._limits = np.array([joint.velocity_rad_s for joint in config.arm.joints])

    @functools.cached_property
    def home(self) -> Matrix:
        """Give the joint positions (n,) of the inspection pose."""
        return self._reach(self._config.cycle.inspect_xyz_m, 0.3, tilt_rad=INSPECT_TILT_RAD)

    def earliest_grasp_s(self, speed: float) -> float:
        """Give about how long after its start a cycle can grip a part."""
        low, high = self._config.cycle.pick_x_m
        target = Target(((low + high) / 2, 0.0, self.grip_z_m), self.bin_above(True), speed)
        return self.plan(target, self.home).grasp_s

    @property
    def grip_z_m(self) -> float:
        """Give the height of the gripping point when a part is picked."""
        return self._config.belt.top_z_m + GRIP_M

    def bin_above(self, good: bool) -> tuple[float, float, float]:
        """Give the place where good or bad parts are put down."""
        return self._config.bins.good_xyz_m if good else self._config.bins.reject_xyz_m

    def plan(self, target: Target, start: Matrix) -> Cycle:
        """Plan one cycle from a stand-still to the inspection pose.

        Raises:
            ReachError: the arm cannot reach the part or the bin.
        """
        cycle = self._config.cycle
        lift = np.array([0.0, 0.0, cycle.lift_m])
        pick = self._reach(target.pick_xyz_m, target.twist_rad)
        above = self._reach(np.array(target.pick_xyz_m) + lift, target.twist_rad, pick)
        place = self._reach(target.place_xyz_m, 0.0, tilt_rad=PLACE_TILT_RAD)
        over = self._reach(np.array(target.place_xyz_m) + lift, 0.0, place, PLACE_TILT_RAD)
        points = [
            Waypoint(start),
            Waypoint(above, None),
            Waypoint(pick, cycle.grasp_s),
            Waypoint(above, None),
            Waypoint(over, None),
            Waypoint(place, cycle.release_s),
            Waypoint(over, None),
            Waypoint(self.home, target.pause_s),
        ]
        durations = self._durations(points, target.speed)
        early = target.due_s - sum(durations[:2])
        if early > 0:  # wait over the belt for the part to come
            points[1] = replace(points[1], dwell_s=early)
        path = plan_path(points, durations)
        middle = path.arrivals_s[2] + cycle.grasp_s / 2, path.arrivals_s[5] + cycle.release_s / 2
        return Cycle(path, float(middle[0]), float(middle[1]))

    def wait(self, start: Matrix, duration_s: float) -> Cycle:
        """Plan to stand still, or to go home where the arm is somewhere else."""
        points = [Waypoint(start), Waypoint(self.home, duration_s)]
        least = least_duration(self.home - start, self._limits, 2.0)
        path = plan_path(points, [max(least, 0.02)])
        return Cycle(path, np.inf, np.inf)

    def _durations(self, points: list[Waypoint], speed: float) -> list[float]:
        """Give durations that keep the limits and, at full speed, make the cycle its period."""
        cycle = self._config.cycle
        # Passing a point needs a little more room than stopping at it.
        limits, acceleration = self._limits * 0.8, cycle.acceleration_rad_s2 * 0.75
        least = [
            max(least_duration(b.q - a.q, limits, acceleration), 0.15)
            for a, b in itertools.pairwise(points)
        ]
        spare = cycle.period_s - cycle.grasp_s - cycle.release_s
        stretch = max(spare / sum(least), 1.0) / speed
        return [duration * stretch for duration in least]

    def _reach(
        self, xyz: object, twist_rad: float, near: Matrix | None = None, tilt_rad: float = 0.0
    ) -> Matrix:
        """Solve for the tool pointing down, turned about its axis and leaning sideways."""
        x, y, z = (float(value) for value in np.asarray(xyz))
        heading = np.arctan2(y - self._chain.base_position[1], x - self._chain.base_position[0])
        start = np.array([heading, 0.5, 1.4, 0.0, np.pi - 1.9, twist_rad]) if near is None else near
        down = tool_down(heading - np.pi - twist_rad) @ rotation_of((tilt_rad, 0.0, 0.0))
        return solve_ik(self._chain, (x, y, z), down, start)
