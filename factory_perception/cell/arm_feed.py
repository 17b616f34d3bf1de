"""From tasks and faults to what the drives are asked and burdened with, sample by sample.

Time runs in samples of the arm's rate; sample k is at k / rate. A protective stop slows the plan to
a stand-still within a quarter of a second, sets the brakes, and lets it go on when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.drive import DriveInputs
from factory_perception.cell.drive_faults import effects_of, WARMING_S
from factory_perception.cell.drive_model import drive_model, DriveModel, foreseen_torque
from factory_perception.cell.dynamics import ArmModel
from factory_perception.cell.faults import Fault
from factory_perception.cell.grip import Grip
from factory_perception.cell.loads import Loads, plan_loads
from factory_perception.cell.tasks import Task, TaskSource

STOP_S = 0.25
RESUME_S = 0.60
#: What is left of a failing bearing's warmth is forgotten below this.
_NO_WARMTH_K = 1e-3
#: Loads change slowly: they are worked out at every so many samples, and read in between.
_GRID = 4
#: The worst grip lets go so much of the way before the part would be put down.
_SLIPS_EARLIER = 0.7
#: Torque ripple of the gear: two waves a turn of the motor, this share of friction.
_RIPPLE_SHARE = 0.10


@dataclass(frozen=True)
class _Plan:
    """A task with its loads, at every ``_GRID`` samples from its start."""

    task: Task
    loads: Loads


class ArmFeed:
    """Prepares the inputs of the drives of one arm."""

    def __init__(
        self, config: CellConfig, model: ArmModel, tasks: TaskSource, start: Matrix
    ) -> None:
        """Take an arm that stands still at ``start`` (n,) at time 0."""
        self._config, self._model, self._tasks = config, model, tasks
        self._nominal: DriveModel = drive_model(config.arm)
        self._names = config.arm.joint_names
        self._step = 1.0 / config.arm.rate_hz
        self._ratio = np.array([drive.ratio for drive in config.arm.drives])
        self._sample, self._progress, self._rate = 0, 0.0, 1.0
        self._stand = np.array(start, np.float64)
        self._plan: _Plan | None = None
        self.grip = Grip(config.cycle.programmed_payload_kg)
        self._warmth = np.zeros(len(self._names))

    @property
    def time_s(self) -> float:
        """Give the time of the last sample."""
        return self._sample * self._step

    def next(self, count: int, faults: Sequence[Fault] = ()) -> DriveInputs:
        """Give the inputs for the next samples.

        Raises:
            ValueError: ``count`` is below 1.
        """
        if count < 1:
            raise ValueError(f'{count} samples were asked of the arm: ask for 1 or more')
        blocks = []
        while count > 0:
            if self._plan is None or self._progress >= self._plan.task.cycle.path.duration_s:
                self._begin()
            block = self._block(count, faults)
            blocks.append(block)
            count -= len(block)
        return _joined(blocks)

    def _begin(self) -> None:
        task = self._tasks.next_task(self.time_s, self._stand)
        path = task.cycle.path
        places = int(np.ceil(path.duration_s / (self._step * _GRID))) + 2
        motion = path.at(np.arange(places) * (self._step * _GRID))
        self._plan = _Plan(task, plan_loads(self._model, *motion))
        self._progress = 0.0
        self.grip.begin(task.mass_kg, self.time_s)
        self._stand = path.at(np.array([path.duration_s]))[0][0]

    def _block(self, count: int, faults: Sequence[Fault]) -> DriveInputs:
        """Give inputs up to the end of the task, at most ``count`` samples."""
        assert self._plan is not None
        duration = self._plan.task.cycle.path.duration_s
        time_s = (self._sample + 1 + np.arange(count)) * self._step
        rate, change, brake = self._rates(time_s, faults)
        before = np.concatenate([[self._rate], rate[:-1]])
        # One sum from the start on: the result does not hang on how samples are grouped.
        ways = (before + rate) / 2 * self._step
        progress = np.cumsum(np.concatenate([[self._progress], ways]))[1:]
        used = int(np.searchsorted(progress, duration - 1e-9)) + 1
        cut = slice(0, used)
        self._close_gripper(progress[cut], time_s[cut])
        block = self._inputs(
            time_s[cut], progress[cut], rate[cut, None], change[cut, None], brake[cut], faults
        )
        self._sample += len(block)
        self._rate, self._progress = float(rate[cut][-1]), float(progress[cut][-1])
        return block

    def _rates(self, time_s: Matrix, faults: Sequence[Fault]) -> tuple[Matrix, Matrix, Matrix]:
        """Give the plan's rate, its change a second, and where the brakes hold, (T,) each."""
        stopped = np.zeros(len(time_s), bool)
        for fault in faults:
            if fault.kind == 'protective_stop':
                stopped |= fault.level(time_s) > 0
        if self._rate == 1.0 and not stopped.any():
            return np.ones(len(time_s)), np.zeros(len(time_s)), stopped
        rate, change = np.empty(len(time_s)), np.empty(len(time_s))
        now = self._rate
        for index, stop in enumerate(stopped):
            slope = -1 / STOP_S if stop else 1 / RESUME_S
            after = min(max(now + slope * self._step, 0.0), 1.0)
            rate[index], change[index] = after, (after - now) / self._step
            now = after
        return rate, change, stopped & (rate == 0.0)

    def _close_gripper(self, progress: Matrix, time_s: Matrix) -> None:
        """Ask whether a part is there where the gripper closes, if it does."""
        assert self._plan is not None
        when = self._plan.task.cycle.grasp_s
        if self._progress < when <= progress[-1]:
            moment = float(time_s[np.searchsorted(progress, when)])
            if not self._tasks.grip(moment):
                self.grip.drop()

    def _is_held(self, progress: Matrix) -> Matrix:
        assert self._plan is not None
        cycle = self._plan.task.cycle
        return (progress >= cycle.grasp_s) & (progress < cycle.release_s)

    def _lets_go(self, progress: Matrix, poor: Matrix) -> NDArray[np.bool_]:
        """Say where a poor grip lets go: on the way, the earlier the poorer it is.

        Never as it closes: the gripper would feel that it is empty. Nor when the arm has come to
        the bin: there a part falls where it belongs.
        """
        assert self._plan is not None
        cycle = self._plan.task.cycle
        share = (progress - cycle.grasp_s) / (cycle.release_s - cycle.grasp_s)
        on_the_way = progress < cycle.release_s - self._config.cycle.release_s / 2
        return np.asarray((poor > 0) & on_the_way & (share >= 1.0 - _SLIPS_EARLIER * poor))

    def _inputs(
        self,
        time_s: Matrix,
        progress: Matrix,
        rate: Matrix,
        change: Matrix,
        brake: Matrix,
        faults: Sequence[Fault],
    ) -> DriveInputs:
        assert self._plan is not None
        q, slope, bend = self._plan.task.cycle.path.at(progress)
        dq, ddq = rate * slope, rate * rate * bend + change * slope
        effects = effects_of(faults, self._names, time_s, dq, self._nominal.limit)
        held = self._is_held(progress)
        slip = None if effects.slip is None else self._lets_go(progress, effects.slip)
        real, believed = self.grip.carry(held, slip, time_s)
        if effects.payload_kg is not None:
            real = real + effects.payload_kg
        loads = _at(self._plan.loads, progress / (self._step * _GRID))
        nominal = self._nominal
        feed = loads.torque(rate, change, believed)
        feed += foreseen_torque(nominal, dq, ddq)
        inertia = loads.inertia + real * loads.inertia_kg
        load = loads.torque(rate, change, real) - inertia * ddq
        load += _RIPPLE_SHARE * nominal.coulomb * np.sin(2 * self._ratio * q) * np.tanh(dq / 0.02)
        if effects.push is not None:
            load += effects.push
        return DriveInputs(
            q,
            dq,
            ddq,
            feed,
            load,
            inertia,
            effects.coulomb,
            effects.viscous,
            effects.torque,
            effects.play,
            self._excess(effects.heating_k, len(time_s)),
            brake if brake.any() else None,
        )

    def _excess(self, heating_k: Matrix | None, count: int) -> Matrix | None:
        """Give how much too warm the drives are, (T, n): the fault's warmth with its lag."""
        if heating_k is None and not self._warmth.any():
            return None
        excess = np.empty((count, len(self._warmth)))
        share = self._step / WARMING_S
        for index in range(count):
            goal = 0.0 if heating_k is None else heating_k[index]
            self._warmth = self._warmth + share * (goal - self._warmth)
            self._warmth[self._warmth < _NO_WARMTH_K] = 0.0
            excess[index] = self._warmth
        return excess


def _at(loads: Loads, index: Matrix) -> Loads:
    """Read loads between samples."""
    low = np.minimum(index.astype(int), len(loads.motion) - 2)
    part = np.clip(index - low, 0.0, 1.0)[:, None]

    def read(values: Matrix) -> Matrix:
        return values[low] * (1 - part) + values[low + 1] * part

    return Loads(
        read(loads.motion),
        read(loads.start),
        read(loads.gravity),
        read(loads.inertia),
        read(loads.motion_kg),
        read(loads.start_kg),
        read(loads.gravity_kg),
        read(loads.inertia_kg),
    )


#: What stands for no effect, field by field of ``DriveInputs``.
NEUTRAL = {
    'coulomb': 1.0,
    'viscous': 1.0,
    'torque': 1.0,
    'play': 0.0,
    'excess_c': 0.0,
    'brake': False,
}


def _joined(blocks: list[DriveInputs]) -> DriveInputs:
    """Put inputs one after the other; an effect that one block has, all get."""
    if len(blocks) == 1:
        return blocks[0]
    values: dict[str, Matrix | None] = {}
    for name in DriveInputs.__dataclass_fields__:
        parts = [getattr(block, name) for block in blocks]
        if all(part is None for part in parts):
            values[name] = None
            continue
        shapes = [(len(block),) if name == 'brake' else block.q.shape for block in blocks]
        values[name] = np.concatenate(
            [
                np.full(shape, NEUTRAL[name]) if part is None else part
                for part, shape in zip(parts, shapes)
            ]
        )
    return DriveInputs(**values)  # type: ignore[arg-type]
