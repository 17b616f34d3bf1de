"""The arm as its controller reports it: joint states at the arm's rate, with references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.arm_feed import ArmFeed
from factory_perception.cell.arrays import Matrix
from factory_perception.cell.config import CellConfig
from factory_perception.cell.drive import at_rest, run_drives
from factory_perception.cell.drive_model import built, drive_model, DriveModel
from factory_perception.cell.dynamics import ArmModel, model_of
from factory_perception.cell.faults import Fault, SENSOR_FAULTS
from factory_perception.cell.seeds import stream
from factory_perception.cell.signal_faults import signal_fault, SignalFault
from factory_perception.cell.tasks import TaskSource

#: Standard deviations of what is measured: velocity in rad/s, effort in shares of its limit.
VELOCITY_NOISE = 0.0015
EFFORT_NOISE = 0.0016


@dataclass(frozen=True)
class JointSamples:
    """Joint states of T moments.

    ``stamp_ns`` int64 (T,), from the start of the cell; ``position`` (rad), ``velocity`` (rad/s)
    and ``effort`` (T, n) as a driver publishes them, NaN where a sensor gave nothing; ``effort`` is
    the controller's torque in Nm, or the motor's current in A where the configuration says so.
    ``reference_position`` and ``reference_velocity`` (T, n) are what the controller was asked for;
    ``temperature_c`` (T, n) of the drives.
    """

    names: tuple[str, ...]
    stamp_ns: NDArray[np.int64]
    position: Matrix
    velocity: Matrix
    effort: Matrix
    reference_position: Matrix
    reference_velocity: Matrix
    temperature_c: Matrix

    def __len__(self) -> int:
        return len(self.stamp_ns)


class SensorNoise:
    """Noise of one arm's sensors; its values do not hang on how samples are grouped."""

    def __init__(self, model: DriveModel, seed: int) -> None:
        self._velocity = stream(seed, 'velocity noise')
        self._effort = stream(seed, 'effort noise')
        self._effort_scale = EFFORT_NOISE * model.limit

    def add(self, velocity: Matrix, effort: Matrix) -> None:
        """Add noise to (T, n) in place; what stands exactly still or is off has none."""
        velocity += self._velocity.normal(0, VELOCITY_NOISE, velocity.shape) * (velocity != 0)
        noise = self._effort.normal(0, 1.0, effort.shape) * self._effort_scale
        effort += noise * (effort != 0)


class JointStream:
    """One arm, sample after sample."""

    def __init__(
        self,
        config: CellConfig,
        tasks: TaskSource,
        start: Matrix,
        seed: int,
        model: ArmModel | None = None,
    ) -> None:
        """Take an arm that stands at ``start`` (n,) at time 0; ``seed`` makes its own friction."""
        self._config, self._seed = config, seed
        self._drives = built(drive_model(config.arm), stream(seed, 'drives'))
        self.feed = ArmFeed(config, model or model_of(config.arm), tasks, start)
        self._state = at_rest(self._drives, np.array(start, np.float64))
        self._noise = SensorNoise(self._drives, seed)
        self._sensors: dict[Fault, SignalFault] = {}
        self._count = 0

    def advance(self, count: int, faults: Sequence[Fault] = ()) -> JointSamples:
        """Give the next samples; physical and sensor faults among ``faults`` are applied."""
        inputs = self.feed.next(count, faults)
        log = run_drives(self._drives, self._state, inputs)
        velocity, effort = log.velocity, log.effort
        self._noise.add(velocity, effort)
        unit = self._drives.amps_per_nm if self._config.arm.effort_unit == 'A' else 1.0
        stamps = sample_stamps(self._count + 1, count, self._config.arm.rate_hz)
        self._count += count
        samples = JointSamples(
            self._config.arm.joint_names,
            stamps,
            log.position,
            velocity,
            effort * unit,
            inputs.q,
            inputs.dq,
            log.temperature_c,
        )
        self._sense(samples, faults)
        return samples

    def _sense(self, samples: JointSamples, faults: Sequence[Fault]) -> None:
        """Put sensor faults on the samples, in place."""
        wanted = [fault for fault in faults if fault.kind in SENSOR_FAULTS]
        self._sensors = {
            fault: self._sensors.get(fault) or signal_fault(fault, self._seed) for fault in wanted
        }
        for sensor in self._sensors.values():
            apply_signal(sensor, samples)


def sample_stamps(first: int, count: int, rate_hz: float) -> NDArray[np.int64]:
    """Give the stamps of samples ``first``, ``first + 1`` ...; sample k is at k / rate."""
    return np.round((first + np.arange(count)) * (1e9 / rate_hz)).astype(np.int64)


def apply_signal(sensor: SignalFault, samples: JointSamples) -> None:
    """Put a signal fault on samples, in place."""
    for index, stamp in enumerate(samples.stamp_ns):
        changed = sensor.apply(
            samples.names,
            int(stamp),
            samples.position[index],
            samples.velocity[index],
            samples.effort[index],
        )
        channels = (samples.position, samples.velocity, samples.effort)
        for channel, value in zip(channels, changed):
            channel[index] = value
