"""The motion predictor on real topics: forecasts, residuals, health, and all that can be wrong."""

from __future__ import annotations

from array import array
import subprocess
import sys
import time

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Header, String
from trajectory_msgs.msg import JointTrajectory
from visualization_msgs.msg import MarkerArray

from factory_perception.bridge.diagnostic_msgs import Level, read_level, read_values
from factory_perception.bridge.stamps import stamp_ns, to_stamp
from factory_perception.nodes.motion_predictor import MotionPredictorNode
from test.motion.support import publish_forecaster
from test.nodes.conftest import wait_for
from test.support import publish_blobs

JOINTS = ['a', 'b']
STEP_NS = 5_000_000


class Robot:
    """Publishes joint states of two joints that move steadily."""

    def __init__(self, node, topic='joint_states', names=JOINTS, speed=(0.4, -0.2)):
        self._publisher = node.create_publisher(JointState, topic, 50)
        self.names, self.speed = list(names), np.array(speed)
        self.stamp_ns = time.time_ns() // STEP_NS * STEP_NS
        self.tick = 0

    def send(self, count=1, **changes):
        for _ in range(count):
            self.tick += 1
            self.stamp_ns += STEP_NS
            message = JointState(
                header=Header(stamp=to_stamp(self.stamp_ns), frame_id='base'),
                name=self.names,
                position=array('d', (self.speed * self.tick * STEP_NS * 1e-9).tolist()),
                velocity=array('d', self.speed.tolist()),
            )
            for name, value in changes.items():
                setattr(message, name, value)
            self._publisher.publish(message)
            time.sleep(0.001)

    def until(self, condition, **changes):
        return wait_for(lambda: self.send(10, **changes) or condition(), 20.0)


@pytest.fixture
def start(ros):
    def start(**parameters):
        values = {'model': '', 'joints': JOINTS, **parameters}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        return ros.add(MotionPredictorNode(context=ros.context, parameter_overrides=overrides))

    return start


@pytest.fixture
def tester(ros):
    return ros.node()


def statuses(messages, part, text=''):
    return [s for m in messages for s in m.status
            if s.name == f'motion_predictor: {part}' and text in s.message]  # fmt: skip


def test_forecast_bounds_and_residual_without_a_model(ros, start, tester):
    start()
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    lower = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast_lower')
    upper = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast_upper')
    residual = ros.collect(tester, JointState, 'motion_predictor/residual')
    robot = Robot(tester)
    robot.until(lambda: found and lower and upper and residual)
    message = found[-1]
    assert message.joint_names == JOINTS and message.header.frame_id == 'base'
    sent_ns = stamp_ns(message.header.stamp)
    assert sent_ns % STEP_NS == 0
    row_ns = sent_ns // 25_000_000 * 25_000_000
    ticks = robot.tick - (robot.stamp_ns - sent_ns) / STEP_NS
    for horizon, point in zip((0.05, 0.1, 0.25, 0.5), message.points):
        ahead = point.time_from_start.sec + point.time_from_start.nanosec * 1e-9
        assert ahead == pytest.approx(horizon - (sent_ns - row_ns) * 1e-9, abs=1e-8)
        expected = robot.speed * (ticks * STEP_NS * 1e-9 + ahead)
        assert list(point.positions) == pytest.approx(expected.tolist(), abs=1e-6)
    assert residual[-1].name == JOINTS
    assert list(residual[-1].position) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_joints_are_learnt_from_the_first_joint_state(ros, start, tester):
    start(joints=[''])
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    Robot(tester, names=['b', 'x']).until(lambda: found)
    assert found[0].joint_names == ['b', 'x']
    status = wait_for(lambda: statuses(reports, 'forecaster', 'constant_velocity'))[0]
    assert 'no model' in status.message


def test_a_model_forecasts_through_its_engine(ros, store, start, tester):
    publish_forecaster(store, JOINTS)
    start(model='steady', model_store=[str(store.roots[0])])
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    upper = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast_upper')
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    robot = Robot(tester)
    robot.until(lambda: found and upper)
    step = np.diff([list(point.positions) for point in found[-1].points], axis=0)[0]
    assert step.tolist() == pytest.approx((robot.speed * 0.05).tolist(), abs=1e-5)
    gap = np.array(upper[-1].points[0].positions) - np.array(found[-1].points[0].positions)
    assert (gap > 0).all()
    status = wait_for(lambda: statuses(reports, 'forecaster', 'steady@1 on onnxruntime'))[0]
    assert 'hold at 500 ms, which was better than the network' in status.message
    assert read_values(status)['methods'] == 'network, network, network, hold'
    last = list(found[-1].points[-1].positions)
    ticks = robot.tick - (robot.stamp_ns - stamp_ns(found[-1].header.stamp)) / STEP_NS
    assert last == pytest.approx((robot.speed * ticks * STEP_NS * 1e-9).tolist(), abs=0.02)


def test_a_model_for_other_joints_is_refused_with_both_lists(ros, store, start, tester):
    publish_forecaster(store, ['elbow', 'wrist'])
    start(model='steady', model_store=[str(store.roots[0])])
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    status = Robot(tester).until(lambda: statuses(reports, 'joints', 'is for the joints'))[0]
    assert read_level(status) == Level.ERROR
    assert 'steady@1 is for the joints elbow, wrist; /joint_states has a, b' in status.message
    assert found == []


def test_a_model_for_another_task_is_refused(ros, store, start, tester):
    publish_blobs(store)
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    start(model='blobs', model_store=[str(store.roots[0])])
    status = wait_for(lambda: statuses(reports, 'state', 'is a model for detect'))[0]
    assert read_level(status) == Level.ERROR


def test_many_robots_in_one_node_keep_apart(ros, start, tester):
    start(robots=['left', 'right'])
    left = ros.collect(tester, JointTrajectory, 'motion_predictor/left/forecast')
    right = ros.collect(tester, JointTrajectory, 'motion_predictor/right/forecast')
    slow = Robot(tester, 'left/joint_states', speed=(0.1, 0.0))
    fast = Robot(tester, 'right/joint_states', speed=(1.0, 0.0))

    def both():
        slow.send(5)
        fast.send(5)
        return left and right

    wait_for(both)
    for found, speed in ((left, 0.1), (right, 1.0)):
        ways = np.diff([point.positions[0] for point in found[-1].points])
        assert ways[0] == pytest.approx(speed * 0.05, abs=1e-6)


ODD = {
    'carry no time stamp': {'header': Header()},
    'no velocity is published': {'velocity': array('d')},
    'cannot be read': {'velocity': array('d', [1.0])},
    'impossible time stamp': {'header': Header(stamp=Time(sec=-1))},
}


@pytest.mark.parametrize('text, change', ODD.items())
def test_odd_samples_are_told(ros, start, tester, text, change):
    start()
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    assert Robot(tester).until(lambda: statuses(reports, 'joints', text), **change)


def test_a_jump_of_253_rad_is_told_and_left_out(ros, start, tester):
    start()
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    robot = Robot(tester)
    robot.until(lambda: found)

    def wild():
        robot.send(20)
        robot.send(1, position=array('d', [253.0, 0.0]))
        return statuses(reports, 'joints', 'jump faster than any drive')

    status = wait_for(wild)[0]
    assert 'a from' in status.message and '253' in status.message
    assert max(abs(p) for m in found for point in m.points for p in point.positions) < 50


def test_two_publishers_and_silence_are_told(ros, other_ros, start, tester):
    start(timeout=0.3)
    reports = ros.collect(tester, DiagnosticArray, '/diagnostics')
    status = wait_for(lambda: statuses(reports, 'joints', 'no joint state for'))[0]
    assert read_level(status) == Level.ERROR and 'has no publisher (0)' in status.message
    robot = Robot(tester)
    Robot(other_ros.node('second'))
    status = robot.until(lambda: statuses(reports, 'joints', '2 publishers: /second, /tester'))[0]
    assert read_values(status)['publishers'] == '2'


URDF = """<robot name="two"><link name="base"/><link name="arm"/><link name="hand"/>
<joint name="a" type="revolute"><parent link="base"/><child link="arm"/>
<axis xyz="0 0 1"/><origin xyz="0 0 1"/></joint>
<joint name="b" type="revolute"><parent link="arm"/><child link="hand"/>
<axis xyz="0 0 1"/><origin xyz="2 0 0"/></joint></robot>"""


def test_path_of_the_tool_while_someone_watches(ros, start, tester):
    start()
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    tester.create_publisher(String, 'robot_description', latched).publish(String(data=URDF))
    markers = ros.collect(tester, MarkerArray, 'motion_predictor/markers')
    Robot(tester).until(lambda: markers)
    (line,) = markers[0].markers
    assert line.header.frame_id == 'base' and len(line.points) == 5
    assert np.hypot(line.points[0].x, line.points[0].y) == pytest.approx(2.0, abs=1e-6)
    assert line.points[0].z == pytest.approx(1.0)


def test_started_again_after_cleanup(ros, start, tester):
    node = start()
    found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
    robot = Robot(tester)
    robot.until(lambda: found)
    for transition in ('deactivate', 'cleanup', 'configure', 'activate'):
        getattr(node, f'trigger_{transition}')()
    found.clear()
    robot.until(lambda: found)


PUBLISHER = """
import sys, time
from array import array
import rclpy
from sensor_msgs.msg import JointState
rclpy.init()
node = rclpy.create_node('robot')
publisher = node.create_publisher(JointState, 'joint_states', 10)
start = time.time()
while time.time() - start < 30:
    now = node.get_clock().now()
    at = now.nanoseconds * 1e-9 % 100
    message = JointState(name=['a', 'b'], position=array('d', [at, -at]))
    message.header.stamp = now.to_msg()
    publisher.publish(message)
    time.sleep(0.01)
"""


def test_joint_states_of_another_process_are_forecast(ros, start, tester):
    process = subprocess.Popen([sys.executable, '-c', PUBLISHER])
    try:
        start()
        found = ros.collect(tester, JointTrajectory, 'motion_predictor/forecast')
        wait_for(lambda: len(found) > 5, 25.0)
        for message in found[2:]:
            ways = np.diff([list(point.positions) for point in message.points], axis=0)
            spans = np.diff([point.time_from_start.nanosec * 1e-9 for point in message.points])
            assert (ways[:, 0] / spans).tolist() == pytest.approx([1.0] * 3, abs=0.05)
    finally:
        process.kill()
        process.wait()
