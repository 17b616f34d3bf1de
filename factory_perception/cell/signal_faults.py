"""Faults on any stream of joint states: the simulator's, a robot's, a recording's.

Every fault is an object that takes one sample after the other and gives it back changed. Sensor
faults are exactly these; the signal forms of physical faults are their mark on what is measured
(more effort against friction, a rattle on the velocity), for acceptance tests on a real robot that
must not be broken. Before the onset and after the end a sample comes back as it was.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from factory_perception.cell.arrays import Matrix
from factory_perception.cell.drive_faults import (
    COLLISION_S,
    COLLISION_SHARE,
    RATTLE_HZ,
    RATTLE_SHARE,
    SLOW_RAD_S,
    TORQUE_LOSS,
)
from factory_perception.cell.faults import Fault, FaultError
from factory_perception.cell.seeds import stream

#: At severity 1.
BIAS_RAD = 0.04
#: At severity 1: lost samples while the line is bad, and how long bad and good spells last.
DROPOUT_SHARE = 0.8
SPELL_S = 0.06

Sample = tuple[Matrix, Matrix, Matrix]


class SignalFault(ABC):
    """One fault on a stream of joint states; subclasses say what it does to a sample."""

    def __init__(self, fault: Fault, seed: int = 0, effort_scale: float = 1.0) -> None:
        """Prepare a fault.

        Args:
            fault: what and when; times are seconds of the stream's clock.
            seed: for faults with chance in them.
            effort_scale: a torque (or current) that is large for the joint, such as its limit.
        """
        self.fault = fault
        self._scale = effort_scale
        self._rng = stream(seed, fault.kind, int(fault.onset_s * 1000) % 2**31)

    def apply(
        self,
        names: Sequence[str],
        stamp_ns: int,
        position: Matrix,
        velocity: Matrix,
        effort: Matrix,
    ) -> Sample:
        """Give a sample as it is with the fault; the arrays (n,) that come in stay as they are.

        Arrays may be empty where a driver has no such channel. A stream without the fault's joint
        comes back as it was.
        """
        sample = (position, velocity, effort)
        time_s = stamp_ns * 1e-9
        if not self.fault.active(time_s) or self.fault.joint not in names:
            self.reset()
            return sample
        index = list(names).index(self.fault.joint)
        changed = tuple(np.array(channel, np.float64) for channel in sample)
        self.change(time_s, float(self.fault.level(np.array(time_s))), index, changed)
        return changed[0], changed[1], changed[2]

    def reset(self) -> None:  # noqa: B027 - most have nothing to forget
        """Forget what was seen; called while the fault is not there."""

    @abstractmethod
    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place.

        Args:
            time_s: of the sample, seconds of the stream's clock.
            level: how much of the fault is there, 0 to its severity.
            index: place of the joint.
            sample: position, velocity, effort, ``(n,)`` or empty each.
        """


class EncoderBias(SignalFault):
    """The position is off by a constant."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        _add(sample[0], index, BIAS_RAD * level)


class SensorStuck(SignalFault):
    """Position stays where it was at the onset, and so the velocity is 0."""

    def __init__(self, fault: Fault, seed: int = 0, effort_scale: float = 1.0) -> None:
        super().__init__(fault, seed, effort_scale)
        self._held: float | None = None

    def reset(self) -> None:
        """Forget what was seen."""
        self._held = None

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        position, velocity, _ = sample
        if position.size:
            self._held = float(position[index]) if self._held is None else self._held
            position[index] = self._held
        if velocity.size:
            velocity[index] = 0.0


class SensorDropout(SignalFault):
    """Spells in which the joint's values are missing: NaN, as ros2_control gives them."""

    def __init__(self, fault: Fault, seed: int = 0, effort_scale: float = 1.0) -> None:
        super().__init__(fault, seed, effort_scale)
        self._spell = -1
        self._lost = True

    def reset(self) -> None:
        """Forget what was seen."""
        self._spell = -1

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        spell = int((time_s - self.fault.onset_s) / SPELL_S)
        if spell != self._spell:
            # The first spell is always lost: a fault shows from its onset.
            self._lost = spell == 0 or bool(self._rng.random() < DROPOUT_SHARE * level)
            self._spell = spell
        if self._lost:
            for channel in sample:
                if channel.size:
                    channel[index] = np.nan


class FrictionRise(SignalFault):
    """Effort grows with the direction of motion; ``effort_scale`` 0.06 of it at severity 1."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        if sample[1].size:
            way = np.tanh(sample[1][index] / SLOW_RAD_S)
            _add(sample[2], index, 0.06 * self._scale * level * way)


class TorqueLoss(SignalFault):
    """Each newton metre takes more effort."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        if sample[2].size:
            sample[2][index] /= 1 - TORQUE_LOSS * level


class PayloadChange(SignalFault):
    """Effort is off by a constant, as from a mass at a joint across gravity."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        _add(sample[2], index, 0.10 * self._scale * level)


class Overheating(SignalFault):
    """Effort grows slowly, for as long as the fault is there."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        if sample[2].size:
            sample[2][index] *= 1 + 0.02 * level * (time_s - self.fault.onset_s)


class Backlash(SignalFault):
    """A rattle on velocity and effort while the joint moves."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        if sample[1].size:
            moving = abs(np.tanh(sample[1][index] / SLOW_RAD_S))
            swing = np.sin(2 * np.pi * RATTLE_HZ * time_s) * moving * level
            _add(sample[1], index, 0.06 * swing)
            _add(sample[2], index, RATTLE_SHARE * self._scale * swing)


class Collision(SignalFault):
    """One bump: effort rises with the motion while the joint is slowed."""

    def change(self, time_s: float, level: float, index: int, sample: tuple[Matrix, ...]) -> None:
        """Change a sample in place."""
        since = (time_s - self.fault.onset_s) / COLLISION_S
        if since < 1 and sample[1].size:
            bump = np.sin(np.pi * since) * self.fault.severity
            way = 1.0 if sample[1][index] >= 0 else -1.0
            _add(sample[2], index, COLLISION_SHARE * self._scale * bump * way)
            sample[1][index] *= 1 - 0.5 * bump


def _add(channel: Matrix, index: int, amount: float) -> None:
    if channel.size:
        channel[index] += amount


_SIGNALS: dict[str, type[SignalFault]] = {
    'encoder_bias': EncoderBias,
    'sensor_stuck': SensorStuck,
    'sensor_dropout': SensorDropout,
    'friction_rise': FrictionRise,
    'torque_loss': TorqueLoss,
    'payload_change': PayloadChange,
    'overheating': Overheating,
    'backlash': Backlash,
    'collision': Collision,
}
#: Faults that have a form on signals alone.
SIGNAL_FAULTS = tuple(_SIGNALS)


def signal_fault(fault: Fault, seed: int = 0, effort_scale: float = 1.0) -> SignalFault:
    """Give the form of a fault that changes a stream of joint states.

    ``payload_change`` has no joint of its own; here it needs the one in whose effort it shall show:
    ``replace(fault, joint='joint_2')``.

    Raises:
        FaultError: the fault has no such form.
    """
    if fault.kind not in _SIGNALS:
        raise FaultError(
            f'{fault.kind} cannot be put on signals alone: use one of {", ".join(SIGNAL_FAULTS)}'
        )
    return _SIGNALS[fault.kind](fault, seed, effort_scale)
