"""Messages become plain facts; what is broken is refused in words."""

from __future__ import annotations

import json

from builtin_interfaces.msg import Duration, Time
import numpy as np
import pytest
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.page_msgs import (
    read_event,
    read_forecast,
    read_health,
    read_joints,
)
from factory_perception.bridge.stamps import peek_stamp_ns, StampError

HEADER = Header(stamp=Time(sec=3, nanosec=7))


def test_health():
    status = Status('joint_3', Level.WARN, 'friction', {'probability': 0.5})
    (health,) = read_health(write_diagnostics('fault_diagnoser', [status], HEADER.stamp))
    assert (health.name, health.level, health.message) == (
        'fault_diagnoser: joint_3',
        1,
        'friction',
    )
    assert health.values == {'probability': '0.5'}


def test_joints():
    joints = read_joints(JointState(header=HEADER, name=['a', 'b'], position=[1.0, 2.0]))
    assert (joints.stamp_ns, joints.names) == (3_000_000_007, ('a', 'b'))
    np.testing.assert_array_equal(joints.position, [1, 2])
    with pytest.raises(ValueError, match='2 joint names, but 1 positions'):
        read_joints(JointState(header=HEADER, name=['a', 'b'], position=[1.0]))


def test_forecast_leaves_incomplete_points_out():
    message = JointTrajectory(header=HEADER, joint_names=['a', 'b'])
    for nanosec, positions in ((100_000_000, [1.0, 2.0]), (200_000_000, [3.0])):
        point = JointTrajectoryPoint(positions=positions, time_from_start=Duration(nanosec=nanosec))
        message.points.append(point)
    forecast = read_forecast(message)
    np.testing.assert_array_equal(forecast.ahead_s, [0.1])
    np.testing.assert_array_equal(forecast.position, [[1, 2]])
    assert read_forecast(JointTrajectory(header=HEADER)).position.shape == (0, 0)


@pytest.mark.parametrize('level, expected', [
    ('WARNING', 1), ('URGENT', 2), ('CRITICAL', 2), ('FATAL', 2), ('OTHER', 0), (None, 0),
])  # fmt: skip
def test_event(level, expected):
    text = json.dumps({
        'timestamp': '2026-01-02T03:04:05.5Z', 'errorType': 'joint.friction_rise',
        'errorLevel': level, 'errorDescription': 'more effort', 'errorHint': 'look at the brake',
        'errorReferences': [{'referenceKey': 'joint', 'referenceValue': 'joint_3'},
                            {'referenceKey': 'x', 'referenceValue': 'y'}, 'nonsense'],
    })  # fmt: skip
    event = read_event(text, 1)
    assert event.level == expected and event.about == 'joint_3'
    assert event.time_ns == 1_767_323_045_500_000_000
    assert (event.kind, event.hint) == ('joint.friction_rise', 'look at the brake')


def test_the_end_of_an_error_is_good_news():
    text = '{"errorType": "joint.collision", "errorLevel": "URGENT", "change": "cleared"}'
    event = read_event(text, 1)
    assert (event.level, event.kind, event.hint) == (0, 'joint.collision is over', '')


def test_event_with_nothing_but_a_type():
    event = read_event('{"errorType": "x", "errorReferences": 7}', 42)
    assert (event.time_ns, event.level, event.text, event.about) == (42, 0, '', '')


@pytest.mark.parametrize('text', ['', 'x', '[]', '{}', '{"errorType": 7}',
                                  '{"errorType": "x", "timestamp": "yesterday"}'])  # fmt: skip
def test_broken_events(text):
    with pytest.raises(ValueError):
        read_event(text, 0)


def test_the_stamp_of_bytes():
    assert peek_stamp_ns(serialize_message(JointState(header=HEADER))) == 3_000_000_007
    with pytest.raises(StampError, match='5 bytes has no header'):
        peek_stamp_ns(b'\0\1\0\0\0')
