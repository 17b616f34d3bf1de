"""The diagnoser node: faults put in by one process are named by another's diagnostics."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import Level, read_level, read_values
from factory_perception.bridge.stamps import to_stamp
from factory_perception.deployment import NodeSpec
from factory_perception.nodes.fault_diagnoser import FaultDiagnoserNode
from test.faults.robot import healthy, JOINTS, Samples, STEP_S
from test.nodes.conftest import wait_for

LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@functools.cache
def _healthy_limits():
    return healthy(60.0).pack()


@pytest.fixture
def limits(tmp_path):
    path = tmp_path / 'limits.npz'
    path.write_bytes(_healthy_limits())
    return path


@pytest.fixture
def start(ros, limits):
    def start(**parameters):
        values = {'calibration_file': str(limits), **parameters}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        return ros.add(FaultDiagnoserNode(context=ros.context, parameter_overrides=overrides))

    return start


class Robot:
    """Publishes samples as fast as asked; stamps are those of the samples."""

    def __init__(self, ros, topic='/joint_states'):
        node = ros.node('robot')
        self._output = node.create_publisher(JointState, topic, 500)
        self._start_ns = node.get_clock().now().nanoseconds

    def connected(self):
        return self._output.get_subscription_count() > 0

    def send(self, samples, names=JOINTS, from_s=0.0, speed=4.0):
        for number in range(len(samples.position)):
            message = JointState(name=list(names))
            stamp = self._start_ns + round((from_s + number * STEP_S) * 1e9)
            message.header.stamp = to_stamp(stamp)
            message.position = samples.position[number].tolist()
            message.velocity = samples.velocity[number].tolist()
            message.effort = samples.effort[number].tolist()
            self._output.publish(message)
            if number % 10 == 9:
                time.sleep(10 * STEP_S / speed)


def _statuses(messages, name):
    return [one for m in messages for one in m.status if one.name == f'fault_diagnoser: {name}']


def test_a_fault_is_on_diagnostics_in_the_events_and_in_the_log(ros, other_ros, start, tmp_path):
    node = other_ros.node()
    diagnostics = other_ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    robot = Robot(other_ros)
    start(log_file=str(tmp_path / 'events.jsonl'), hardware_id='cell 7')
    wait_for(robot.connected)
    samples = Samples(6.0, 3)
    samples.position[1000:, 1] = np.nan
    robot.send(samples)
    bad = wait_for(lambda: [one for one in _statuses(diagnostics, 'arm')
                            if read_level(one) == Level.ERROR])[0]  # fmt: skip
    values = read_values(bad)
    assert values['fault'] == 'sensor_dropout'
    assert bad.hardware_id == 'cell 7'
    assert float(values['residual']) > float(values['threshold'])
    assert float(values['onset_age_s']) < 2.0
    assert 'compared with' in bad.message
    assert {read_level(one) for one in _statuses(diagnostics, 'base')} == {Level.OK}
    # The events are latched: whoever comes late hears them too.
    events = other_ros.collect(node, String, '/fault_diagnoser/events', LATCHED)
    event = json.loads(wait_for(lambda: list(events))[0].data)
    assert (event['errorType'], event['change']) == ('joint.sensor_dropout', 'raised')
    logged = (tmp_path / 'events.jsonl').read_text().splitlines()
    assert json.loads(logged[0]) == event


def test_it_says_what_it_serves_and_learns_without_a_model(ros, start, tmp_path):
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    path = tmp_path / 'new.npz'
    start(calibration_file=str(path), calibration_s=20.0)
    wait_for(lambda: [one for one in _statuses(diagnostics, 'layers')
                      if 'no publisher' in one.message])  # fmt: skip
    robot = Robot(ros)
    wait_for(robot.connected)
    robot.send(Samples(21.0, 2), speed=8.0)
    wait_for(path.exists, 30)
    wait_for(lambda: [one for one in _statuses(diagnostics, 'layers')
                      if one.message == 'stream health and residuals'])  # fmt: skip


def test_limits_of_other_joints_are_refused_and_it_goes_on_without(ros, start):
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    start()
    robot = Robot(ros)
    wait_for(robot.connected)
    robot.send(Samples(1.0), names=('left', 'right'))
    told = wait_for(lambda: [one for one in _statuses(diagnostics, 'layers')
                             if 'refused' in one.message])[0]  # fmt: skip
    assert 'base, arm' in told.message and 'left, right' in told.message
    assert read_level(told) == Level.WARN
    assert _statuses(diagnostics, 'left')


def test_a_broken_file_of_limits_keeps_the_node_unconfigured(ros, limits, start):
    limits.write_bytes(b'nonsense')
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    start()
    wait_for(lambda: [one for one in _statuses(diagnostics, 'state')
                      if 'limits.npz' in one.message])  # fmt: skip


def test_a_stream_that_ends_is_told(ros, start):
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    start(timeout=0.5)
    robot = Robot(ros)
    wait_for(robot.connected)
    robot.send(Samples(2.0))
    wait_for(lambda: [one for one in _statuses(diagnostics, 'joint_states')
                      if read_values(one)['fault'] == 'stream_stale'])  # fmt: skip


@pytest.mark.slow
def test_a_fault_of_one_process_is_named_by_the_diagnostics_of_another(ros, limits):
    """Three processes: robot (here), injector, diagnoser."""
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 500)
    truths = ros.collect(node, DiagnosticArray, '/fault_injector/gt/faults', 500)
    fault = {'kind': 'encoder_bias', 'joint': 'arm', 'severity': 1.0, 'onset_s': 4.0,
             'duration_s': 3.0}  # fmt: skip
    specs = [
        NodeSpec('fault_injector', {'faults': [json.dumps(fault)]}),
        NodeSpec('fault_diagnoser', {'calibration_file': str(limits)},
                 {'joint_states': '/fault_injector/joint_states'}),
    ]  # fmt: skip
    processes = [subprocess.Popen(spec.command(), env=dict(os.environ)) for spec in specs]
    try:
        robot = Robot(ros)
        wait_for(robot.connected, 60)
        wait_for(lambda: _statuses(diagnostics, 'layers'), 60)
        wait_for(lambda: node.get_subscriptions_info_by_topic('/fault_injector/joint_states'), 60)
        robot.send(Samples(9.0, 3), speed=1.0)
        named = wait_for(lambda: [one for one in _statuses(diagnostics, 'arm')
                                  if read_values(one)['fault'] == 'encoder_bias'], 30)  # fmt: skip
        assert read_level(named[0]) == Level.ERROR
        true = [one for message in truths for one in message.status]
        assert {(read_values(one)['fault'], read_values(one)['joint']) for one in true} == {
            ('encoder_bias', 'arm')
        }
    finally:
        for process in processes:
            process.send_signal(signal.SIGINT)
        codes = [process.wait(20) for process in processes]
    assert codes == [0, 0], sys.executable
