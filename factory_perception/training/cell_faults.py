"""Runs of the embedded cell's arm with faults in them, and healthy runs beside."""

from __future__ import annotations

from collections.abc import Sequence
import functools

import numpy as np

from factory_perception.cell.config import load_config
from factory_perception.cell.fault_plan import FaultHabits, LONGEST_S
from factory_perception.cell.faults import ARM_FAULTS, JOINTLESS
from factory_perception.cell.joint_data import joint_runs
from factory_perception.files import sha256_of
from factory_perception.training.cell_frames import cell_frames, FrameRuns

#: Length of a run, or of the part of it in which faults begin.
RUN_S = 60.0
HABITS = FaultHabits(severity=(0.35, 1.0))
#: Arms that are learned from hardly ever rest between faults: more faults in the same time.
TAUGHT_HABITS = FaultHabits(severity=(0.35, 1.0), pause_s=(4.0, 10.0), first_s=6.0)
#: Enough for a fault of every kind.
_REFERENCE_SEEDS = range(12)
#: Seeds of healthy runs begin so far on.
HEALTHY_OFFSET = 500_000


@functools.cache
def _faulty_sha256() -> str:
    """Hash what some arms do with faults: faults of another form, another hash."""
    runs = joint_runs(load_config(), _REFERENCE_SEEDS, 40.0, TAUGHT_HABITS)
    return sha256_of(b''.join(np.round(run.samples.effort, 6).tobytes() for run in runs))


class CellFaults:
    """The runs of a range of seeds; simulated when they are wanted, kept as frames."""

    task = 'fault'
    labels: Sequence[str] = ARM_FAULTS
    whole: Sequence[str] = tuple(kind for kind in ARM_FAULTS if kind in JOINTLESS)

    def __init__(
        self,
        count: int,
        first_seed: int,
        healthy: int,
        habits: FaultHabits = HABITS,
        to_the_end: bool = False,
    ) -> None:
        """Take ``count`` arms with faults and ``healthy`` others without any.

        With ``to_the_end`` no run ends before the faults that begin in its first ``RUN_S`` do: what
        grows for half a minute and has just begun is nothing that can be found.
        """
        self._count, self._first, self._healthy = count, first_seed, healthy
        self._habits = habits
        self._length_s = RUN_S + LONGEST_S if to_the_end else RUN_S
        self.origin = (
            f'embedded cell, faulty arms {first_seed} to {first_seed + count - 1}, '
            f'{healthy} healthy ones'
        )
        key = f'{_faulty_sha256()} faults {first_seed} {count} {healthy} {self._length_s} {habits}'
        self.sha256 = sha256_of(key.encode())

    def __len__(self) -> int:
        return self._count

    def name(self, index: int) -> str:
        """Give the seed of a run."""
        return f'seed {self._first + index}'

    @functools.cached_property
    def faulty(self) -> FrameRuns:
        """Give the runs with faults."""
        seeds = range(self._first, self._first + self._count)
        return cell_frames(load_config(), seeds, self._length_s, self._habits, RUN_S)

    @functools.cached_property
    def healthy(self) -> FrameRuns:
        """Give healthy runs of other arms."""
        first = self._first + HEALTHY_OFFSET
        return cell_frames(load_config(), range(first, first + self._healthy), RUN_S, None)
