"""Joint states of the embedded cell as recordings: simulated when they are wanted, kept in memory.

A recording is one arm at work on random tasks, without faults; its seed decides everything about
it: friction, tasks, payloads.
"""

from __future__ import annotations

from collections.abc import Sequence
import functools

import numpy as np

from factory_perception.cell.config import load_config
from factory_perception.cell.joint_data import joint_runs, JointRun
from factory_perception.files import sha256_of
from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.series import Recording

#: Length of a recording.
RUN_S = 60.0
_REFERENCE_SEED = 2_000_000_000
#: So many are simulated side by side.
_BLOCK = 16


@functools.cache
def arm_sha256() -> str:
    """Hash what one arm does for some seconds: another arm, another hash."""
    run = next(joint_runs(load_config(), [_REFERENCE_SEED], 8.0))
    return sha256_of(np.round(run.samples.position, 6).tobytes())


class CellJoints:
    """The runs of a range of seeds: a ``SeriesData``."""

    task = 'forecast'
    labels: Sequence[str] = ()

    def __init__(self, count: int, first_seed: int) -> None:
        self.origin = f'embedded cell, arms {first_seed} to {first_seed + count - 1}, {RUN_S:g} s'
        self.sha256 = sha256_of(f'{arm_sha256()} {first_seed} {count} {RUN_S}'.encode())
        self._count, self._first = count, first_seed
        self._kept: dict[int, Recording] = {}

    def __len__(self) -> int:
        return self._count

    def name(self, index: int) -> str:
        """Give the seed of a run."""
        return f'seed {self._first + index}'

    def read(self, index: int) -> Recording:
        """Give a run; it is simulated with its neighbours the first time."""
        if index not in self._kept:
            block = range(index - index % _BLOCK, min(index - index % _BLOCK + _BLOCK, self._count))
            runs = joint_runs(load_config(), [self._first + one for one in block], RUN_S)
            for place, run in zip(block, runs):
                self._kept[place] = _recording(self.name(place), run)
        return self._kept[index]


def _recording(name: str, run: JointRun) -> Recording:
    samples = run.samples
    joints = JointTable(
        samples.names,
        samples.stamp_ns.astype(np.float64) * 1e-9,
        samples.position,
        samples.velocity,
        samples.effort,
    )
    targets = {
        f'{joint}.target': samples.reference_position[:, place]
        for place, joint in enumerate(samples.names)
    }
    return Recording(name, joints, targets)
