"""When which fault comes: drawn from a seed, or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from factory_perception.cell.faults import ARM_FAULTS, Fault, JOINTLESS, make_fault
from factory_perception.cell.grip import Loss
from factory_perception.cell.seeds import stream

#: How long each fault lasts, and how long it grows, in seconds: least and most of both.
_TIMES: dict[str, tuple[float, float, float, float]] = {
    'friction_rise': (8.0, 16.0, 1.0, 6.0),
    'collision': (0.30, 0.30, 0.0, 0.0),
    'payload_change': (6.0, 14.0, 0.0, 0.0),
    'backlash': (8.0, 16.0, 1.0, 4.0),
    'overheating': (20.0, 35.0, 8.0, 15.0),
    'grip_loss': (6.0, 12.0, 0.0, 0.0),
    'protective_stop': (2.0, 5.0, 0.0, 0.0),
    'torque_loss': (8.0, 16.0, 0.5, 4.0),
    'encoder_bias': (6.0, 14.0, 0.0, 2.0),
    'sensor_stuck': (2.0, 6.0, 0.0, 0.0),
    'sensor_dropout': (3.0, 8.0, 0.0, 0.0),
    'defocus': (6.0, 14.0, 1.0, 3.0),
    'dirty_lens': (8.0, 20.0, 0.5, 4.0),
    'underexposed': (6.0, 14.0, 0.3, 2.0),
    'frozen_frame': (2.0, 5.0, 0.0, 0.0),
}
#: No fault of the arm that comes by itself lasts longer.
LONGEST_S = max(_TIMES[kind][1] for kind in ARM_FAULTS)


@dataclass(frozen=True)
class FaultHabits:
    """How a cell misbehaves: kinds, the pause between faults, and how bad they are."""

    kinds: tuple[str, ...] = ARM_FAULTS
    pause_s: tuple[float, float] = (10.0, 25.0)
    severity: tuple[float, float] = (0.35, 1.0)
    first_s: float = 12.0


def random_faults(
    habits: FaultHabits,
    names: tuple[str, ...],
    rng: np.random.Generator,
    duration_s: float,
    first_s: float | None = None,
) -> tuple[Fault, ...]:
    """Draw faults one after the other, none overlapping, until a time.

    Every kind comes once, in random order, before any comes again.
    """
    faults: list[Fault] = []
    now = (habits.first_s if first_s is None else first_s) + rng.uniform(*habits.pause_s) / 2
    row: list[str] = []
    while now < duration_s and habits.kinds:
        if not row:
            row = [str(kind) for kind in rng.permutation(habits.kinds)]
        fault = random_fault(row.pop(), names, rng, habits.severity, now)
        faults.append(fault)
        now = fault.end_s + rng.uniform(*habits.pause_s)
    return tuple(faults)


def random_fault(
    kind: str,
    names: tuple[str, ...],
    rng: np.random.Generator,
    severity: tuple[float, float],
    onset_s: float,
) -> Fault:
    """Draw joint, severity and times of a fault of a kind."""
    least, most, least_ramp, most_ramp = _TIMES[kind]
    joint = '' if kind in JOINTLESS else str(rng.choice(names))
    duration = float(rng.uniform(least, most))
    ramp = min(float(rng.uniform(least_ramp, most_ramp)), duration * 0.6)
    return make_fault(kind, joint, float(rng.uniform(*severity)), onset_s, ramp, duration, names)


def loss_faults(losses: Sequence[Loss], until_s: float = np.inf) -> list[Fault]:
    """Give the parts that were lost as faults, each for as long as nobody had noticed.

    A loss that still goes on ends at ``until_s``.
    """
    return [
        Fault('grip_loss', '', 1.0, loss.begin_s, 0.0, min(loss.end_s, until_s)) for loss in losses
    ]


@dataclass
class FaultPlan:
    """The faults of one running cell: those that come by themselves and those asked for."""

    names: tuple[str, ...]
    seed: int
    habits: tuple[FaultHabits, ...] = ()
    _drawn_s: float = 0.0
    _faults: list[Fault] = field(default_factory=list)

    def inject(
        self,
        kind: str,
        joint: str,
        severity: float,
        onset_s: float,
        ramp_s: float,
        duration_s: float,
    ) -> Fault:
        """Add a fault.

        Raises:
            FaultError: see ``make_fault``.
        """
        fault = make_fault(kind, joint, severity, onset_s, ramp_s, duration_s, self.names)
        self._faults.append(fault)
        return fault

    def clear(self, time_s: float) -> None:
        """End all faults that were asked for or drawn and are there at a time."""
        self._faults = [
            Fault(f.kind, f.joint, f.severity, f.onset_s, f.ramp_s, time_s)
            if f.active(time_s)
            else f
            for f in self._faults
        ]

    def during(self, begin_s: float, end_s: float) -> tuple[Fault, ...]:
        """List the faults that are there at any time of an interval, oldest first."""
        self._draw(end_s)
        there = [
            fault for fault in self._faults if fault.onset_s <= end_s and fault.end_s > begin_s
        ]
        return tuple(sorted(there, key=lambda fault: fault.onset_s))

    def _draw(self, until_s: float) -> None:
        """Draw what comes by itself, ten minutes ahead at a time."""
        while self._drawn_s <= until_s and self.habits:
            begin, end = self._drawn_s, self._drawn_s + 600.0
            for number, habits in enumerate(self.habits):
                rng = stream(self.seed, 'fault plan', number, round(begin))
                first = max(begin, habits.first_s)
                self._faults += random_faults(habits, self.names, rng, end - 40.0, first)
            self._drawn_s = end
        self._faults = [fault for fault in self._faults if fault.end_s > until_s - 3600.0]
