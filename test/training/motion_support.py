"""Recordings of joints that swing, for the tests of the forecaster's training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.series import Recording

JOINTS = ('a', 'b')


def swinging(name: str, seed: int, seconds: float = 12.0, rate_hz: float = 100.0) -> Recording:
    """Give two joints that swing at speeds of their own."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    speed, phase = rng.uniform(1, 3, 2), rng.uniform(0, 6, 2)
    position = np.sin(np.outer(time_s, speed) + phase)
    velocity = np.cos(np.outer(time_s, speed) + phase) * speed
    table = JointTable(JOINTS, time_s, position, velocity, -position * 4)
    targets = {f'{joint}.target': position[:, place] for place, joint in enumerate(JOINTS)}
    return Recording(name, table, targets)


class Swings:
    """A few such recordings: a ``SeriesData``."""

    task = 'forecast'
    origin = 'swings'
    sha256 = '0' * 64
    labels: Sequence[str] = ()

    def __init__(self, seeds: Sequence[int], seconds: float = 12.0) -> None:
        self._seeds, self._seconds = list(seeds), seconds

    def __len__(self) -> int:
        return len(self._seeds)

    def name(self, index: int) -> str:
        return f'swing {self._seeds[index]}'

    def read(self, index: int) -> Recording:
        return swinging(self.name(index), self._seeds[index], self._seconds)
