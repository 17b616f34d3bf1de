"""Bad joint states on real topics: both nodes on joints tell what is wrong, and live on."""

from __future__ import annotations

from array import array
import math
import time

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
import pytest
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from factory_perception.bridge.diagnostic_msgs import Level, read_level, read_values
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.fault_diagnoser import FaultDiagnoserNode
from factory_perception.nodes.motion_predictor import MotionPredictorNode
from test.nodes.conftest import wait_for

JOINTS = ['a', 'b']
STEP_NS = 10_000_000
#: Both nodes, and the status in which each speaks of its stream.
NODES = {
    'motion_predictor': (MotionPredictorNode, 'joints', {'model': ''}),
    'fault_diagnoser': (FaultDiagnoserNode, 'layers', {}),
}


class Robot:
    """Two joints that swing, at stamps of its own."""

    def __init__(self, node, start_ns=None):
        self._publisher = node.create_publisher(JointState, 'joint_states', 50)
        self.stamp_ns = time.time_ns() if start_ns is None else start_ns
        self.tick = 0

    def message(self, **changes):
        self.tick += 1
        self.stamp_ns += STEP_NS
        at = self.tick * STEP_NS * 1e-9
        message = JointState(
            header=Header(stamp=to_stamp(self.stamp_ns), frame_id='base'),
            name=JOINTS,
            position=array('d', [math.sin(at), math.cos(at)]),
            velocity=array('d', [math.cos(at), -math.sin(at)]),
            effort=array('d', [2.0 * math.sin(at), 3.0]),
        )
        for name, value in changes.items():
            setattr(message, name, value)
        return message

    def send(self, count=1, **changes):
        for _ in range(count):
            self._publisher.publish(self.message(**changes))
            time.sleep(0.002)


@pytest.fixture(params=NODES)
def heard(request, ros):
    """Start a node; give a function that sends until its stream is told to be so."""
    kind, part, values = NODES[request.param]
    node = ros.node()
    reports = ros.collect(node, DiagnosticArray, '/diagnostics', 200)

    def begin(**parameters):
        overrides = [Parameter(k, value=v) for k, v in {**values, **parameters}.items()]
        ros.add(kind(context=ros.context, parameter_overrides=overrides))

    def until(robot, text, good=60, **changes):
        """Send good samples and odd ones in turn."""

        def told():
            robot.send(good)
            robot.send(3, **changes)
            return [one for message in reports for one in message.status
                    if one.name == f'{request.param}: {part}' and text in one.message]  # fmt: skip

        return wait_for(told, 30.0)[-1]

    until.begin, until.node, until.reports, until.name = begin, node, reports, request.param
    return until


ODD = {
    'carry no time stamp': {'header': Header()},
    'no effort is published': {'effort': array('d', [0.0, 0.0]), 'good': 0},
    'no velocity is published': {'velocity': array('d', [math.nan] * 2), 'good': 0},
    'stands in for a moment (b)': {'position': array('d', [0.0, math.nan]), 'good': 5},
    'cannot be read are left out (2 names, 1 positions': {'position': array('d', [1.0])},
    'joints are missing': {'name': ['a'], 'position': array('d', [0.0]),
                           'velocity': array('d'), 'effort': array('d')},
    'joints come in another order': {'name': ['b', 'a']},
    'impossible time stamp -1 s': {'header': Header(stamp=Time(sec=-1)), 'good': 0},
}  # fmt: skip


@pytest.mark.parametrize('text', ODD)
def test_odd_samples_are_told(heard, text):
    heard.begin(joints=JOINTS)
    status = heard(Robot(heard.node), text, **ODD[text])
    assert read_values(status)['received'] != '0'


def test_stamps_that_repeat_go_back_or_leave_gaps_are_told(heard):
    heard.begin(joints=JOINTS)
    robot = Robot(heard.node)
    again = Header(stamp=to_stamp(robot.stamp_ns))
    heard(robot, 'samples repeat the stamp before', header=again)
    robot.stamp_ns += 2_000_000_000
    heard(robot, 'samples are missing for too long')
    robot.stamp_ns -= 60_000_000_000
    heard(robot, 'the clock of the samples jumped back')


def test_a_jump_of_253_rad_is_told(heard):
    heard.begin(joints=JOINTS)
    wild = array('d', [253.0, 0.0])
    robot = Robot(heard.node)

    def told():
        robot.send(60)
        robot.send(1, position=wild)  # one wild reading, not a new place
        return [one for message in heard.reports for one in message.status
                if 'jump faster than any drive' in one.message]  # fmt: skip

    status = wait_for(told, 30.0)[-1]
    assert 'a from' in status.message and 'to 253' in status.message


def test_joints_that_the_robot_does_not_have_are_told_with_both_lists(heard):
    heard.begin(joints=['elbow', 'wrist'])
    status = heard(Robot(heard.node), 'is for the joints elbow, wrist; /joint_states has a, b')
    assert read_level(status) == Level.ERROR


def test_two_publishers_are_told(heard, other_ros):
    heard.begin(joints=JOINTS)
    robot, other = Robot(heard.node), Robot(other_ros.node('second'))
    other.send()
    status = heard(robot, '2 publishers: /second, /tester')
    assert read_values(status)['publishers'] == '2'


def test_a_joint_that_is_named_twice_does_not_end_the_node(heard):
    heard.begin()
    robot = Robot(heard.node)
    twice = wait_for(lambda: robot.send(5, name=['a', 'a']) or [
        one for message in heard.reports for one in message.status
        if 'joints must be named, and once each' in one.message], 30.0)  # fmt: skip
    assert read_level(twice[-1]) >= Level.WARN
    heard(robot, 'stream health' if heard.name == 'fault_diagnoser' else 'samples/s')


def test_simulated_time_counts_when_it_is_wanted(heard):
    """The clock of a simulation begins at 0 and stands between its ticks."""
    heard.begin(joints=JOINTS, use_sim_time=True)
    clock = heard.node.create_publisher(Clock, '/clock', 10)
    robot = Robot(heard.node, start_ns=0)

    def stale_or_wrong():
        return [one.message for message in heard.reports[-5:] for one in message.status
                if 'stream_' in one.message or 'stamp' in one.message]  # fmt: skip

    def running():
        for _ in range(50):
            clock.publish(Clock(clock=to_stamp(robot.stamp_ns + STEP_NS)))
            robot.send()
        good = [
            one
            for message in heard.reports
            for one in message.status
            if one.name.startswith(heard.name) and read_values(one).get('rate_hz', '0') > '1'
        ]
        return robot.tick >= 300 and good  # fmt: skip

    wait_for(running, 30.0)
    assert stale_or_wrong() == []
