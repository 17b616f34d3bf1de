"""ROS messages as the plain facts that the page shows."""

from __future__ import annotations

from datetime import datetime
import json
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.diagnostic_msgs import read_level, read_values
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.page.facts import Event, Forecast, Health, Joints, Seen

#: Levels of VDA 5050 errors as levels of health.
_EVENT_LEVELS = {'WARNING': 1, 'URGENT': 2, 'CRITICAL': 2, 'FATAL': 2}


def read_health(message: DiagnosticArray) -> list[Health]:
    """Give every status of a report."""
    return [
        Health(status.name, int(read_level(status)), status.message, read_values(status))
        for status in message.status
    ]


def read_seen(message: Detection2DArray, classes: tuple[str, ...]) -> Seen:
    """Give what was seen; detections of other classes are left out.

    Raises:
        StampError: an impossible time stamp.
    """
    return Seen(stamp_ns(message.header.stamp), classes, read_detections(message, classes))


def class_names(message: Detection2DArray) -> list[str]:
    """Give the names of the classes that are in a message."""
    return [result.hypothesis.class_id for item in message.detections for result in item.results]


def read_joints(message: JointState) -> Joints:
    """Give the positions by name.

    Raises:
        StampError: an impossible time stamp.
        ValueError: not one position for each name.
    """
    if len(message.position) != len(message.name):
        raise ValueError(f'{len(message.name)} joint names, but {len(message.position)} positions')
    position = np.array(message.position, np.float64)
    return Joints(stamp_ns(message.header.stamp), tuple(message.name), position)


def read_forecast(message: JointTrajectory) -> Forecast:
    """Give the expected positions of every point that has them for all joints.

    Raises:
        StampError: an impossible time stamp.
    """
    names = tuple(message.joint_names)
    points = [point for point in message.points if len(point.positions) == len(names)]
    ahead = [point.time_from_start.sec + point.time_from_start.nanosec / 1e9 for point in points]
    position = np.array([list(point.positions) for point in points], np.float64)
    return Forecast(
        stamp_ns(message.header.stamp),
        names,
        np.array(ahead),
        position.reshape(len(points), len(names)),
    )


def read_event(text: str, now_ns: int) -> Event:
    """Give an event from its JSON in the shape of a VDA 5050 error.

    Args:
        text: ``errorType``, ``errorLevel``, ``errorDescription``, ``errorHint``,
            ``errorReferences``, ``timestamp`` (ISO 8601) and ``change``, which is ``cleared`` for
            the end of what was told before; all but the type may be absent.
        now_ns: the time of an event that tells none.

    Raises:
        ValueError: it is no such JSON.
    """
    fields = json.loads(text)
    if not isinstance(fields, dict) or not isinstance(fields.get('errorType'), str):
        raise ValueError('no JSON object with an errorType')
    references = fields.get('errorReferences')
    about = [
        str(item['referenceValue'])
        for item in (references if isinstance(references, list) else [])
        if isinstance(item, dict) and item.get('referenceKey') in ('joint', 'part')
        and 'referenceValue' in item
    ]  # fmt: skip
    cleared = fields.get('change') == 'cleared'
    return Event(
        _time_ns(fields.get('timestamp'), now_ns),
        0 if cleared else _EVENT_LEVELS.get(str(fields.get('errorLevel', '')), 0),
        f'{fields["errorType"]} is over' if cleared else fields['errorType'],
        '' if cleared else str(fields.get('errorDescription', '')),
        '' if cleared else str(fields.get('errorHint', '')),
        ', '.join(about),
    )


def _time_ns(text: Any, now_ns: int) -> int:
    if not isinstance(text, str):
        return now_ns
    moment = datetime.fromisoformat(text.replace('Z', '+00:00'))
    return round(moment.timestamp() * 1e9)
