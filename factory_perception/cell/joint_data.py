"""Hours of joint states in minutes: many arms at once, each with its own faults, for training.

A run is one arm for a while, with its own friction, stiffness and tasks. It hangs on its seed
alone, not on the runs beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.arm_feed import ArmFeed, NEUTRAL
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.drive import at_rest, DriveInputs, run_drives
from factory_perception.cell.drive_model import built, drive_model, DriveModel
from factory_perception.cell.dynamics import model_of
from factory_perception.cell.fault_plan import FaultHabits, loss_faults, random_faults
from factory_perception.cell.faults import ARM_FAULTS, Fault, SENSOR_FAULTS
from factory_perception.cell.joint_stream import (
    apply_signal,
    JointSamples,
    sample_stamps,
    SensorNoise,
)
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.signal_faults import signal_fault
from factory_perception.cell.tasks import RandomTasks

_BLOCK = 2500


@dataclass(frozen=True)
class JointRun:
    """One run and the faults in it; ``fault_ids`` int64 (T, n), see ``fault_labels``."""

    seed: int
    samples: JointSamples
    faults: tuple[Fault, ...]
    fault_ids: NDArray[np.int64]


def joint_runs(
    config: CellConfig,
    seeds: Sequence[int],
    duration_s: float,
    habits: FaultHabits | None = None,
    warm: bool = True,
    faults_until_s: float | None = None,
) -> Iterator[JointRun]:
    """Simulate one run for every seed.

    Args:
        config: the cell.
        seeds: one a run; a few dozen at once make good use of the processor.
        duration_s: of every run.
        habits: which faults come how often; None for none at all.
        warm: start with drives that have been at work, each as warm as it happens to be.
        faults_until_s: no fault begins later; the end of the run when None.

    A run takes about 0.1 MB of memory a second while it is made: take many seeds rather than long
    runs, and a few dozen at a time.
    """
    until_s = duration_s if faults_until_s is None else faults_until_s
    arms = [_Arm(config, seed, until_s, habits) for seed in seeds]
    drives = _stacked([arm.drives for arm in arms])
    state = at_rest(drives, np.stack([arm.home for arm in arms]))
    if warm:
        state.temperature_c += np.stack([arm.warmth for arm in arms])
    total = round(duration_s * config.arm.rate_hz)
    inputs_log, logs = [], []
    for begin in range(0, total, _BLOCK):
        count = min(_BLOCK, total - begin)
        inputs = _beside([arm.feed.next(count, arm.faults) for arm in arms])
        logs.append(run_drives(drives, state, inputs))
        inputs_log.append((inputs.q, inputs.dq))
    reference = [np.concatenate(parts) for parts in zip(*inputs_log)]
    stamps = sample_stamps(1, total, config.arm.rate_hz)
    for index, arm in enumerate(arms):
        parts = [
            np.concatenate([getattr(log, name)[:, index] for log in logs])
            for name in ('position', 'velocity', 'effort', 'temperature_c')
        ]
        samples = JointSamples(
            config.arm.joint_names,
            stamps,
            parts[0],
            parts[1],
            parts[2],
            reference[0][:, index].copy(),
            reference[1][:, index].copy(),
            parts[3],
        )
        yield arm.finish(samples)


class _Arm:
    """One arm of many."""

    def __init__(
        self, config: CellConfig, seed: int, faults_until_s: float, habits: FaultHabits | None
    ) -> None:
        planner = CyclePlanner(config)
        self._config, self._seed = config, seed
        self.home = planner.home
        self.drives = built(drive_model(config.arm), stream(seed, 'drives'))
        self.warmth = stream(seed, 'warmth').uniform(0, 14, len(self.home))
        tasks = RandomTasks(config, planner, stream(seed, 'tasks'))
        self.feed = ArmFeed(config, model_of(config.arm), tasks, self.home)
        self.faults: tuple[Fault, ...] = ()
        if habits is not None:
            wanted = replace(habits, kinds=tuple(k for k in habits.kinds if k in ARM_FAULTS))
            names = config.arm.joint_names
            self.faults = random_faults(wanted, names, stream(seed, 'faults'), faults_until_s)

    def finish(self, samples: JointSamples) -> JointRun:
        """Add what the sensors do, and label the samples."""
        SensorNoise(self.drives, self._seed).add(samples.velocity, samples.effort)
        if self._config.arm.effort_unit == 'A':
            samples.effort[:] *= self.drives.amps_per_nm
        for fault in self.faults:
            if fault.kind in SENSOR_FAULTS:
                apply_signal(signal_fault(fault, self._seed), samples)
        faults = self._happened(float(samples.stamp_ns[-1]) * 1e-9 + 1e-3)
        return JointRun(self._seed, samples, faults, fault_labels(samples, faults))

    def _happened(self, end_s: float) -> tuple[Fault, ...]:
        """List the faults that there really were: a gripper can only lose what it holds."""
        kept = [fault for fault in self.faults if fault.kind != 'grip_loss']
        kept += loss_faults(self.feed.grip.losses, end_s)
        return tuple(sorted(kept, key=lambda fault: fault.onset_s))


def fault_labels(samples: JointSamples, faults: Sequence[Fault]) -> NDArray[np.int64]:
    """Give the fault of every sample and joint, int64 (T, n).

    0 is normal, k is ``ARM_FAULTS[k - 1]``; faults of the whole arm are on all joints. Of two at
    once the later in ``faults`` is given.
    """
    labels = np.zeros(samples.position.shape, np.int64)
    time_s = samples.stamp_ns * 1e-9
    for fault in faults:
        if fault.kind in ARM_FAULTS:
            rows = (time_s >= fault.onset_s) & (time_s < fault.end_s)
            columns = slice(None)
            if fault.joint:
                index = samples.names.index(fault.joint)
                columns = slice(index, index + 1)
            labels[rows, columns] = ARM_FAULTS.index(fault.kind) + 1
    return labels


def _stacked(models: list[DriveModel]) -> DriveModel:
    """Put the drives of many arms side by side: (B, n)."""
    values: dict[str, Any] = {}
    for name in DriveModel.__dataclass_fields__:
        parts = [getattr(model, name) for model in models]
        values[name] = np.stack(parts) if isinstance(parts[0], np.ndarray) else parts[0]
    return DriveModel(**values)


def _beside(inputs: list[DriveInputs]) -> DriveInputs:
    """Put the inputs of many arms side by side: (T, B, n)."""
    values: dict[str, Matrix | None] = {}
    for name in DriveInputs.__dataclass_fields__:
        parts = [getattr(one, name) for one in inputs]
        if all(part is None for part in parts):
            values[name] = None
            continue
        shape = inputs[0].q.shape[:1] if name == 'brake' else inputs[0].q.shape
        filled = [np.full(shape, NEUTRAL[name]) if part is None else part for part in parts]
        values[name] = np.stack(filled, axis=1)
    return DriveInputs(**values)  # type: ignore[arg-type]
