"""Messages between the nodes and Gazebo's bridge."""

from __future__ import annotations

from collections.abc import Sequence

from builtin_interfaces.msg import Duration
import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from vision_msgs.msg import Detection2DArray

_SECOND = 1_000_000_000


class JointError(ValueError):
    """A joint state that does not fit the arm; the text names what is missing."""


def read_positions(given: Sequence[str], values: Sequence[float], names: Sequence[str]) -> NDArray:
    """Give the values (n,) of joints that are listed in any order, in the order of ``names``.

    Raises:
        JointError: a joint is missing, or has no value.
    """
    places = {name: index for index, name in enumerate(given)}
    missing = [name for name in names if places.get(name, len(values)) >= len(values)]
    if missing:
        raise JointError(
            f'joints {", ".join(missing)} have no value in the message, which names '
            f'{", ".join(given) or "none"}: is this the arm of cell.yaml?'
        )
    return np.array(values)[[places[name] for name in names]]


def read_arm(message: JointState, names: Sequence[str]) -> tuple[NDArray, NDArray]:
    """Give position and velocity (n,) in the order of ``names``.

    Raises:
        JointError: a joint is missing, or has no velocity.
    """
    return (
        read_positions(message.name, message.position, names),
        read_positions(message.name, message.velocity, names),
    )


def write_trajectory(
    names: Sequence[str], step_s: float, position: NDArray, velocity: NDArray, effort: NDArray
) -> JointTrajectory:
    """Give points (T, n) that are ``step_s`` apart, from the moment of arrival on."""
    message = JointTrajectory(joint_names=list(names))
    rows = zip(position.tolist(), velocity.tolist(), effort.tolist())
    for index, (where, speed, torque) in enumerate(rows):
        seconds, rest = divmod(round(index * step_s * _SECOND), _SECOND)
        message.points.append(
            JointTrajectoryPoint(
                positions=where,
                velocities=speed,
                effort=torque,
                time_from_start=Duration(sec=seconds, nanosec=rest),
            )
        )
    return message


def read_labels(message: Detection2DArray) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Give labels (N,) and boxes_xyxy (N, 4) of Gazebo's bounding-box camera.

    The bridge writes the label as the class id; a box whose class id is no number is left out.
    """
    labels, boxes = [], []
    for item in message.detections:
        label = item.results[0].hypothesis.class_id if item.results else ''
        if not label.isdecimal():
            continue
        middle, half = item.bbox.center.position, (item.bbox.size_x / 2, item.bbox.size_y / 2)
        labels.append(int(label))
        boxes.append(
            (middle.x - half[0], middle.y - half[1], middle.x + half[0], middle.y + half[1])
        )
    return np.array(labels, np.int64), np.array(boxes, np.float32).reshape(-1, 4)
