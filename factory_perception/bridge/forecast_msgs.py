"""Forecasts of joints as messages."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from builtin_interfaces.msg import Duration
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

_SECOND = 1_000_000_000


def write_trajectory(
    joints: list[str],
    positions: NDArray[np.float64],
    ahead_ns: Sequence[int],
    header: Header,
) -> JointTrajectory:
    """Give positions ``(H, J)`` at times after the stamp of the header."""
    message = JointTrajectory(header=header, joint_names=joints)
    points = []
    for row, nanoseconds in zip(positions, ahead_ns):
        seconds, rest = divmod(nanoseconds, _SECOND)
        points.append(
            JointTrajectoryPoint(
                positions=_doubles(row), time_from_start=Duration(sec=seconds, nanosec=rest)
            )
        )
    message.points = points
    return message


def write_residual(joints: list[str], residual: NDArray[np.float64], header: Header) -> JointState:
    """Give measured less forecast ``(J,)`` as positions; velocity and effort stay empty."""
    return JointState(header=header, name=joints, position=_doubles(residual))


def _doubles(row: NDArray[np.float64]) -> array[float]:
    # The setters of messages look at every single element of anything but an array.array.
    return array('d', row.astype(np.float64, copy=False).tobytes())
