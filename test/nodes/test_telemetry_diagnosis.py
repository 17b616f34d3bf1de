"""The diagnoser node with a model of slow joint data: a real log of a UR3 and of an ArmPi."""

from __future__ import annotations

import json
import time

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState, Temperature
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import Level, read_level
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.fault_diagnoser import FaultDiagnoserNode
from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder, ROOT
from test.nodes.conftest import wait_for

LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)


def _model(name):
    path = ROOT / 'models' / name / '1'
    if not path.is_dir():
        pytest.skip(f'models/{name} is not in this checkout')
    return str(path)


@pytest.fixture
def start(ros):
    def start(name, **parameters):
        values = {'telemetry_model': _model(name), 'timeout': 3600.0, **parameters}
        overrides = [Parameter(key, value=value) for key, value in values.items()]
        return ros.add(FaultDiagnoserNode(context=ros.context, parameter_overrides=overrides))

    return start


@pytest.fixture
def heard(ros):
    node, events, health = ros.node('listener'), [], []
    node.create_subscription(
        String, '/fault_diagnoser/events', lambda m: events.append(json.loads(m.data)), LATCHED
    )
    node.create_subscription(DiagnosticArray, '/diagnostics', health.append, 50)
    return events, health


def _play(ros, recording, begin, end, connected):
    """Publish samples of a recording with their own stamps, as fast as they are taken."""
    node = ros.node('robot')
    joints = node.create_publisher(JointState, '/joint_states', 200)
    warm = node.create_publisher(Temperature, '/joint_temperatures', 200)
    wait_for(lambda: joints.get_subscription_count() >= connected)
    table, zero = recording.joints, node.get_clock().now().nanoseconds
    for row in np.flatnonzero((table.time_s >= begin) & (table.time_s <= end)):
        stamp = to_stamp(zero + round((table.time_s[row] - begin) * 1e9))
        for joint in table.names:
            column = recording.channels[f'{joint}.temperature']
            message = Temperature(temperature=float(column[row]))
            message.header.frame_id = joint
            warm.publish(message)
        time.sleep(0.002)
        message = JointState(name=list(table.names))
        message.header.stamp = stamp
        message.position = np.nan_to_num(table.position[row]).tolist()
        message.velocity = np.nan_to_num(table.velocity[row]).tolist()
        message.effort = np.nan_to_num(table.effort[row]).tolist()
        joints.publish(message)
        time.sleep(0.01)


def _first(data, label):
    """Give a recording and the event in it that has most quiet time before it."""
    found = [(one, event) for one in (data.read(n) for n in range(len(data)))
             for event in one.intervals or () if event.label == label]  # fmt: skip
    return max(found, key=lambda pair: pair[1].end_s - pair[1].start_s)


def test_a_protective_stop_of_a_real_robot_is_named(ros, start, heard):
    recording, event = _first(
        open_dataset(data_folder('ur3_cobotops'), 'fault', 'val'), 'protective_stop'
    )
    start('ur3_events')
    _play(ros, recording, event.start_s - 20, event.end_s + 5, 2)
    wait_for(lambda: any('protective_stop' in one['errorType'] for one in heard[0]))
    (raised, *_) = (one for one in heard[0] if 'protective_stop' in one['errorType'])
    assert raised['change'] == 'raised' and 'arm' in json.dumps(raised['errorReferences'])
    assert 'ur3_events@' in json.dumps(raised)


def test_what_the_model_lacks_is_told(ros, start, heard):
    start('armpi_heat')
    node = ros.node('robot')
    output = node.create_publisher(JointState, '/joint_states', 10)

    def said(text):
        states = [one for array in heard[1] for one in array.status if 'telemetry' in one.name]
        return any(text in one.message and read_level(one) == Level.WARN for one in states)

    wait_for(lambda: said('no joint state has come yet'))
    message = JointState(name=['m1', 'm2'], position=[0.0, 0.0])
    message.header.stamp = node.get_clock().now().to_msg()
    wait_for(lambda: output.publish(message) or said('joints m3, m4, m5, m6 are missing among'))
    message = JointState(name=[f'm{n}' for n in range(1, 7)], position=[0.0] * 6)
    message.header.stamp = node.get_clock().now().to_msg()
    wait_for(lambda: output.publish(message) or said('no temperature has come yet'))
