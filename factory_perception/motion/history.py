"""What the joints of one robot did, at a fixed step, from samples that come as they like.

Samples are read by joint name and header stamp; between two samples values are taken linearly.
Whatever is odd about them is counted in ``oddities``. Memory is allocated once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_reader import JointReader, POSITION, VELOCITY
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.jumps import JumpFilter
from factory_perception.motion.oddities import Oddities
from factory_perception.motion.sample_clock import SampleClock
from factory_perception.motion.window_ring import WindowRing


@dataclass(frozen=True)
class HistorySettings:
    """How a history is kept.

    Attributes:
        step_ns: time between two rows.
        rows: so many are kept.
        max_gap_ns: a longer time without a sample begins a new history; the last value of a joint
            stands in for a missing one for this long.
        max_speed: no joint moves faster (rad/s or m/s); faster changes are jumps. Infinity
            believes everything.
    """

    step_ns: int = 10_000_000
    rows: int = 256
    max_gap_ns: int = 500_000_000
    max_speed: float = 20.0


class JointHistory:
    """The history of some joints of one robot; used by one thread.

    A row is ``(3, J)``: position, velocity, effort (``joint_reader.POSITION`` ...), at a whole
    multiple of the step. NaN is what is not known. Where no velocity is published, a row holds the
    difference to the row before.
    """

    def __init__(self, joints: Sequence[str], settings: HistorySettings | None = None) -> None:
        """Allocate everything.

        Raises:
            ValueError: no joint, or one twice.
        """
        self.settings = settings or HistorySettings()
        self.joints = tuple(joints)
        self.oddities = Oddities()
        self._reader = JointReader(joints, self.oddities)
        self._clock = SampleClock(self.settings.max_gap_ns, self.oddities)
        self._jumps = JumpFilter(self.settings.max_speed, self.joints, self.oddities)
        self._rows = WindowRing(self.settings.rows, (3, len(joints)))
        self._known_ns = np.zeros(len(joints), np.int64)
        #: The newest sample ``(3, J)`` as it was taken over, and its stamp.
        self.sample: NDArray[np.float64] | None = None
        self.sample_ns = 0
        #: Stamp of the newest row.
        self.stamp_ns = 0
        #: How often the history began anew.
        self.resets = 0

    def __len__(self) -> int:
        """Give how many rows there are since the history last began."""
        return len(self._rows)

    @property
    def due_ns(self) -> int:
        """Give the stamp of the next row, which a sample of that stamp completes; 0: any may."""
        return 0 if self.sample is None else self.stamp_ns + self.settings.step_ns

    def window(self, rows: int) -> NDArray[np.float64]:
        """Give a view ``(rows, 3, J)``, oldest first, good until the next sample.

        Raises:
            ValueError: there are not so many rows.
        """
        return self._rows.last(rows)

    def add(self, given: JointSample) -> int:
        """Take one sample; give how many rows it completed, 0 when it was left out."""
        sample = self._reader.read(given.names, given.position, given.velocity, given.effort)
        if sample is None:
            return 0
        verdict = self._clock.judge(given.stamp_ns, given.received_ns)
        if not verdict.usable:
            return 0
        if verdict.anew:
            self.reset()
        before, from_ns = self.sample, self.sample_ns
        if before is not None and self._jumps.settles(
            sample[POSITION], before[POSITION], verdict.stamp_ns - from_ns
        ):
            self.reset()
            before = None
        self._stand_in(verdict.stamp_ns, sample, before)
        self.sample, self.sample_ns = sample, verdict.stamp_ns
        if before is None:
            self.stamp_ns = verdict.stamp_ns // self.settings.step_ns * self.settings.step_ns
            return 0
        return self._fill(from_ns, before)

    def reset(self) -> None:
        """Forget all rows."""
        self._rows.clear()
        self.sample = None
        self.resets += 1

    def _stand_in(
        self, stamp_ns: int, sample: NDArray[np.float64], before: NDArray[np.float64] | None
    ) -> None:
        """Let the last value of a joint stand in for an unknown one, for a moment."""
        unknown = np.isnan(sample[POSITION])
        if not np.logical_or.reduce(unknown):
            self._known_ns[:] = stamp_ns
            return
        self._known_ns[~unknown] = stamp_ns
        if before is not None:
            unknown &= stamp_ns - self._known_ns <= self.settings.max_gap_ns
            sample[:, unknown] = before[:, unknown]

    def _fill(self, from_ns: int, before: NDArray[np.float64]) -> int:
        """Add the rows between the sample before and the newest."""
        assert self.sample is not None
        step_ns = self.settings.step_ns
        count = (self.sample_ns - self.stamp_ns) // step_ns
        if not count:
            return 0
        change = (self.sample - before) / (self.sample_ns - from_ns)
        for _ in range(count):
            self.stamp_ns += step_ns
            row = before + change * (self.stamp_ns - from_ns)
            self._differ(row)
            self._rows.push(row)
        return count

    def _differ(self, row: NDArray[np.float64]) -> None:
        """Take velocities that nobody published from the positions, in place."""
        unknown = np.isnan(row[VELOCITY])
        if unknown.any() and len(self._rows):
            step_s = self.settings.step_ns * 1e-9
            speed = (row[POSITION] - self._rows.last(1)[0, POSITION]) / step_s
            row[VELOCITY, unknown] = speed[unknown]
