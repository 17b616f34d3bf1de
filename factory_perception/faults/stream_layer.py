"""Health of the stream itself: stale, slow, impossible stamps, missing and stuck values.

Nothing here needs to be learned; it works from the first seconds on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.latch import Latch
from factory_perception.faults.trends import Trends
from factory_perception.faults.verdict import Verdict

STREAM = 'joint_states'
#: Share of missing positions, and of frozen steps while the joint moves, over ``_SPAN_S``.
MISSING_LIMIT, FROZEN_LIMIT = 0.25, 0.9
_SPAN_S = 0.12
#: A joint moves if velocity or reference say more than this (rad/s).
_MOVING = 0.03
QUIET_S = 2.0
#: A stream below this share of its own rate is slow.
SLOW = 0.7
#: Odd stamps are told for so long.
_TOLD_NS = 5_000_000_000

_NOT = float('nan')


@dataclass
class Pulse:
    """Rate and age of a stream; times in nanoseconds."""

    expected_ns: int
    timeout_ns: int
    mean_ns: float = 0.0
    odd_ns: int = 0
    odd: str = ''

    def beat(self, interval_ns: int) -> None:
        """Take the time between two samples."""
        share = 0.02 if self.mean_ns else 1.0
        self.mean_ns += share * (interval_ns - self.mean_ns)

    def strange(self, what: str, now_ns: int) -> None:
        """Note an impossible stamp."""
        self.odd, self.odd_ns = what, now_ns

    def verdicts(self, newest_ns: int, now_ns: int) -> list[Verdict]:
        """Judge the stream: ``newest_ns`` is when its last sample came."""
        found = []
        age_s, limit_s = (now_ns - newest_ns) * 1e-9, self.timeout_ns * 1e-9
        if now_ns - newest_ns > self.timeout_ns:
            found.append(_stream('stream_stale', 'age', age_s, limit_s, 'its timeout', newest_ns))
        elif self.mean_ns * SLOW > self.expected_ns:
            rate, usual = 1e9 / self.mean_ns, 1e9 / self.expected_ns
            found.append(
                _stream('stream_rate', 'rate', rate, usual * SLOW, f'{usual:.0f} Hz before', now_ns)
            )
        if self.odd and now_ns - self.odd_ns < _TOLD_NS:
            found.append(_stream('stream_clock', 'stamp', 1.0, 0.0, self.odd, self.odd_ns))
        return found


class StreamLayer:
    """Missing and stuck values of each joint; of one robot, or of many beside each other."""

    def __init__(
        self, joints: tuple[str, ...], frame_s: float, robots: tuple[int, ...] = ()
    ) -> None:
        self._joints = joints
        self._trends = Trends(frame_s, (_SPAN_S,))
        self._latch = Latch(1, 1, max(1, round(QUIET_S / frame_s)))
        shape = (*robots, len(joints), 2)
        self._since: NDArray[np.int64] = np.zeros(shape, np.int64)
        self._values: Array = np.zeros(shape)
        #: bool ``(..., J, 2)``, which alarms are up.
        self.alarms: NDArray[np.bool_] = np.zeros(shape, bool)

    def reset(self) -> None:
        """Forget what was seen: after a gap."""
        self._trends.reset()
        self._latch.reset()
        self.alarms = np.zeros_like(self.alarms)

    def update(self, frame: Frame, stamp_ns: int) -> None:
        """Take a frame ``(..., J)``."""
        signs = np.stack([frame.missing, self._stuck(frame)], axis=-1)
        self._values = self._trends.update(signs)[..., 0]
        up = self._latch.update(self._values > np.array([MISSING_LIMIT, FROZEN_LIMIT]))
        self._since = np.where(up & ~self.alarms, stamp_ns, self._since)
        self.alarms = up

    def _stuck(self, frame: Frame) -> Array:
        """Give the share of steps without a count although the joint is said to move."""
        told = np.abs(frame.velocity) > _MOVING
        return np.where(told & (frame.missing == 0), frame.frozen, 0.0)

    def verdicts(self, robot: tuple[int, ...] = ()) -> list[Verdict]:
        """Say what is wrong with one robot."""
        return [self._verdict(robot, *place) for place in np.argwhere(self.alarms[robot])]

    def _verdict(self, robot: tuple[int, ...], joint: int, kind: int) -> Verdict:
        fault = ('sensor_dropout', 'sensor_stuck')[kind]
        compared = ('a position in every sample', 'the velocity that is reported')[kind]
        place = (*robot, joint, kind)
        return Verdict(
            self._joints[joint], fault, _NOT, _NOT, 'position', float(self._values[place]),
            (MISSING_LIMIT, FROZEN_LIMIT)[kind], compared, int(self._since[place]), 'stream',
        )  # fmt: skip


def _stream(
    fault: str, channel: str, value: float, limit: float, compared: str, onset_ns: int
) -> Verdict:
    return Verdict(STREAM, fault, _NOT, _NOT, channel, value, limit, compared, onset_ns, 'stream')
