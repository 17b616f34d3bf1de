"""The injector: a true copy, but for the faults."""

from __future__ import annotations

import json

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.fault_injector import FaultInjectorNode
from test.nodes.conftest import wait_for

START_NS = 1_700_000_000_000_000_000


@pytest.fixture
def start(ros):
    def start(*faults, **values):
        texts = [json.dumps(fault) for fault in faults] or ['']
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        overrides.append(Parameter('faults', value=texts))
        return ros.add(FaultInjectorNode(context=ros.context, parameter_overrides=overrides))

    return start


def _send(output, seconds, velocity=True):
    for number in range(round(seconds * 100)):
        message = JointState(name=['base', 'arm'], position=[0.01 * number, 1.0])
        message.header.stamp = to_stamp(START_NS + number * 10_000_000)
        if velocity:
            message.velocity, message.effort = [1.0, 0.0], [5.0, 20.0]
        output.publish(message)


def test_a_fault_is_in_the_copy_from_onset_to_end_and_in_the_truth(ros, start):
    node = ros.node()
    copies = ros.collect(node, JointState, '/fault_injector/joint_states', 1000)
    truths = ros.collect(node, DiagnosticArray, '/fault_injector/gt/faults', 1000)
    output = node.create_publisher(JointState, '/joint_states', 1000)
    start({'kind': 'encoder_bias', 'joint': 'arm', 'onset_s': 1.0, 'duration_s': 0.5})
    wait_for(output.get_subscription_count)
    _send(output, 2.0)
    wait_for(lambda: len(copies) == 200)
    position = np.array([message.position for message in copies])
    assert np.allclose(position[:, 0], 0.01 * np.arange(200))
    assert (np.flatnonzero(position[:, 1] != 1.0) == np.arange(100, 150)).all()
    assert copies[7].header.stamp == to_stamp(START_NS + 70_000_000)
    named = [read_values(one) for message in truths for one in message.status]
    assert {(one['fault'], one['joint']) for one in named} == {('encoder_bias', 'arm')}
    assert any(not message.status for message in truths)  # and that there is none is said too


def test_streams_without_velocity_and_effort_are_copied_as_they_are(ros, start):
    node = ros.node()
    copies = ros.collect(node, JointState, '/fault_injector/joint_states', 1000)
    output = node.create_publisher(JointState, '/joint_states', 1000)
    start({'kind': 'friction_rise', 'joint': 'base', 'onset_s': 0.2, 'duration_s': 9.0})
    wait_for(output.get_subscription_count)
    _send(output, 0.5, velocity=False)
    wait_for(lambda: len(copies) == 50)
    assert not len(copies[-1].velocity) and not len(copies[-1].effort)


def test_faults_on_request_and_refused_ones(ros, start):
    node = ros.node()
    truths = ros.collect(node, DiagnosticArray, '/fault_injector/gt/faults', 1000)
    output = node.create_publisher(JointState, '/joint_states', 1000)
    requests = node.create_publisher(String, '/fault_injector/inject', 10)
    injector = start()
    wait_for(lambda: output.get_subscription_count() and requests.get_subscription_count())
    _send(output, 0.1)
    wait_for(lambda: injector._copied == 10)
    for text in ('nonsense', '[]', '{"kind": "rust"}', '{"kind": "protective_stop"}'):
        requests.publish(String(data=text))
    good = {'kind': 'sensor_dropout', 'joint': 'base', 'onset_s': 0.0, 'duration_s': 60.0}
    requests.publish(String(data=json.dumps(good)))
    wait_for(lambda: injector._faults)
    _send(output, 0.5)
    wait_for(lambda: [one for message in truths for one in message.status])
    assert len(injector._faults) == 1


def test_a_plan_that_makes_no_sense_keeps_the_node_unconfigured(ros, start):
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    start({'joint': 'base'})
    wait_for(
        lambda: [
            one
            for m in diagnostics
            for one in m.status
            if one.name == 'fault_injector: state' and 'kind' in one.message
        ]
    )


def test_a_fault_of_a_joint_that_is_not_there_is_refused_and_the_copy_goes_on(ros, start):
    node = ros.node()
    diagnostics = ros.collect(node, DiagnosticArray, '/diagnostics', 100)
    output = node.create_publisher(JointState, '/joint_states', 1000)
    injector = start({'kind': 'friction_rise', 'joint': 'elbow'})
    wait_for(output.get_subscription_count)
    _send(output, 0.2)
    wait_for(lambda: injector._copied == 20)
    told = wait_for(
        lambda: [
            one
            for m in diagnostics
            for one in m.status
            if one.name == 'fault_injector: copy' and 'elbow' in one.message
        ]
    )
    assert 'base' in told[-1].message  # fmt: skip
