"""Smooth motion through way-points: quintic pieces, minimum jerk from rest to rest.

Flash and Hogan, The coordination of arm movements, J. Neuroscience 1985: of all motions between two
points at rest the one with the least jerk is the quintic with no velocity and no acceleration at
its ends. Through points in between the pieces keep a velocity, chosen so that no joint turns back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix

#: Peak velocity and acceleration of a rest-to-rest quintic over distance / time (and time squared).
PEAK_VELOCITY = 1.875
PEAK_ACCELERATION = 10 / np.sqrt(3)


@dataclass(frozen=True)
class Waypoint:
    """A joint position (n,); the arm stops there for ``dwell_s``, or passes when it is None."""

    q: Matrix
    dwell_s: float | None = 0.0


@dataclass(frozen=True)
class Path:
    """Pieces of motion, one after the other, starting at time 0.

    ``starts_s`` (m,) and ``durations_s`` (m,); ``knots`` (m, 2, 2, n) position and velocity at both
    ends of each piece. ``arrivals_s`` (w,) is when each way-point is reached.
    """

    starts_s: Matrix
    durations_s: Matrix
    knots: Matrix
    arrivals_s: Matrix

    @property
    def duration_s(self) -> float:
        """Give the time at which the motion ends."""
        return float(self.starts_s[-1] + self.durations_s[-1])

    def at(self, time_s: Matrix) -> tuple[Matrix, Matrix, Matrix]:
        """Give position, velocity and acceleration, each (T, n); before and after it stands."""
        time_s = np.clip(np.asarray(time_s, np.float64), 0.0, self.duration_s)
        piece = np.clip(np.searchsorted(self.starts_s, time_s, 'right') - 1, 0, None)
        length = self.durations_s[piece][:, None]
        u = (time_s - self.starts_s[piece])[:, None] / length
        begin, end = self.knots[piece, 0], self.knots[piece, 1]
        way = end[:, 0] - begin[:, 0] - begin[:, 1] * length
        turn = (end[:, 1] - begin[:, 1]) * length
        # Quintic with no acceleration at the ends: begin + v u + a3 u^3 + a4 u^4 + a5 u^5.
        a3, a4, a5 = 10 * way - 4 * turn, 7 * turn - 15 * way, 6 * way - 3 * turn
        q = begin[:, 0] + begin[:, 1] * length * u + u**3 * (a3 + u * (a4 + u * a5))
        dq = begin[:, 1] + u**2 * (3 * a3 + u * (4 * a4 + u * 5 * a5)) / length
        ddq = u * (6 * a3 + u * (12 * a4 + u * 20 * a5)) / length**2
        return q, dq, ddq


def least_duration(way: Matrix, velocity: Matrix, acceleration: float) -> float:
    """Give the shortest time in which a way (n,) from rest to rest keeps the limits."""
    way = np.abs(way)
    return float(
        max(
            (PEAK_VELOCITY * way / velocity).max(),
            np.sqrt(PEAK_ACCELERATION * way / acceleration).max(),
        )
    )


def plan_path(points: list[Waypoint], durations_s: list[float]) -> Path:
    """Join way-points with pieces of the given durations; the first and last are stops.

    Args:
        points: two or more.
        durations_s: of the ways between them, one fewer than points, each above 0.
    """
    q = np.array([point.q for point in points])
    rates = _knot_velocities(points, q, np.array(durations_s))
    starts, lengths, knots, arrivals = [], [], [], [0.0]
    now = 0.0
    for index, point in enumerate(points):
        if point.dwell_s:
            starts.append(now)
            lengths.append(point.dwell_s)
            still = np.stack([q[index], np.zeros_like(q[index])])
            knots.append(np.stack([still, still]))
            now += point.dwell_s
        if index + 1 < len(points):
            starts.append(now)
            lengths.append(durations_s[index])
            ends = [np.stack([q[k], rates[k]]) for k in (index, index + 1)]
            knots.append(np.stack(ends))
            now += durations_s[index]
            arrivals.append(now)
    return Path(np.array(starts), np.array(lengths), np.array(knots), np.array(arrivals))


def _knot_velocities(points: list[Waypoint], q: Matrix, durations: Matrix) -> Matrix:
    """Give the velocity at each way-point: 0 at stops and turning points, else a mean of slopes.

    The harmonic mean is that of Fritsch and Carlson's monotone interpolation.
    """
    slopes = np.diff(q, axis=0) / durations[:, None]
    rates = np.zeros_like(q)
    for index, point in enumerate(points[1:-1], 1):
        if point.dwell_s is None:
            before, after = slopes[index - 1], slopes[index]
            same = before * after > 0
            total = np.where(same, before + after, 1.0)
            rates[index] = np.where(same, 2 * before * after / total, 0.0)
    return rates
