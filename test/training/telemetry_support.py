"""Small recordings of slow joint data for tests."""

from __future__ import annotations

import numpy as np

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.series import LabelInterval, Recording

JOINTS = ('a', 'b')


class Recordings:
    """Recordings in memory: a ``SeriesData``."""

    task, origin, sha256 = 'fault', 'a small robot', '0' * 64

    def __init__(self, labels, *recordings):
        self.labels, self._recordings = labels, recordings

    def __len__(self):
        return len(self._recordings)

    def name(self, index):
        return self._recordings[index].name

    def read(self, index):
        return self._recordings[index]


def log_of_stops(name='log', seconds=400, seed=0):
    """Give a log of an arm whose currents jump 2 s before and during each protective stop."""
    rng = np.random.default_rng(seed)
    time = 1.005 * np.arange(seconds) + 7.0
    velocity = rng.normal(size=(seconds, 2))
    effort = 0.1 * rng.normal(size=(seconds, 2))
    stops = []
    for first in range(30, seconds - 10, 40):
        effort[first - 2 : first + 3, 0] += 4.0
        velocity[first : first + 3] = 0.0
        stops.append(LabelInterval('protective_stop', time[first], time[first + 3]))
    joints = JointTable(JOINTS, time, np.full((seconds, 2), np.nan), velocity, effort)
    channels = {'cycle': 1.0 + np.arange(seconds) // 20}
    return Recording(name, joints, channels, intervals=tuple(stops))


def warming(name, faults, seconds=300, rate_hz=10):
    """Give a recording of two servos; each fault ``(joint, start_s, end_s)`` warms one by 8 °C."""
    time = np.arange(0, seconds, 1 / rate_hz)
    rows = len(time)
    position = 500 + 100 * np.sin(time[:, None] * [0.5, 0.7])
    absent = np.full((rows, 2), np.nan)
    warm = {joint: np.round(30 + 0.002 * time) for joint in JOINTS}
    for joint, start, end in faults:
        inside = (time >= start) & (time < end)
        warm[joint] = warm[joint] + np.where(inside, np.minimum(time - start, 8.0).round(), 0.0)
    channels = {f'{joint}.temperature': values for joint, values in warm.items()}
    found = tuple(LabelInterval('over_temperature', start, end, joint)
                  for joint, start, end in faults)  # fmt: skip
    joints = JointTable(JOINTS, time, position, absent, absent)
    facts = {'position_unit': 'servo ticks'}
    return Recording(name, joints, channels, intervals=found, facts=facts)
