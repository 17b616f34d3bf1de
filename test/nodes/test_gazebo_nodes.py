"""The nodes beside Gazebo, with its side played by the test."""

from __future__ import annotations

import importlib.util

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory
from vision_msgs.msg import BoundingBox2D, Detection2D, Detection2DArray, ObjectHypothesisWithPose

from factory_perception.bridge.stamps import stamp_ns, to_stamp
from factory_perception.cell.config import load_config
from factory_perception.cell.gazebo.controller import controller_of
from factory_perception.nodes.gazebo_truth import GazeboTruthNode
from factory_perception.nodes.joint_state_fuser import JointStateFuserNode
from factory_perception.nodes.part_feeder import PartFeederNode
from test.nodes.conftest import wait_for

STEP_NS = 1_000_000
CONFIG = load_config()
NAMES = list(CONFIG.arm.joint_names)


def start(ros, kind, **parameters):
    overrides = [Parameter(name, value=value) for name, value in parameters.items()]
    return ros.add(kind(context=ros.context, parameter_overrides=overrides))


def told(reports, part):
    return [s for report in reports for s in report.status if s.name.endswith(part)]


class Arm:
    """Gazebo's arm that stands still, with its joints in another order."""

    def __init__(self, ros):
        self.node = ros.node('gazebo')
        self.output = self.node.create_publisher(JointState, '/joint_state_fuser/raw', 50)
        self.joints = ros.collect(self.node, JointState, '/joint_states', 500)
        self.motions = ros.collect(self.node, JointTrajectory, '/joint_state_fuser/trajectory', 10)
        self.now_ns = 5_000_000_000

    def step(self, names=None, position=0.0):
        self.now_ns += STEP_NS
        names = names or [*reversed(NAMES)]
        header = Header(stamp=to_stamp(self.now_ns))
        count = len(names)
        self.output.publish(
            JointState(header=header, name=names, position=[position] * count,
                       velocity=[0.0] * count, effort=[0.0] * count)
        )  # fmt: skip

    def listened(self):
        return self.output.get_subscription_count()


def test_the_fuser_sends_a_motion_and_says_the_torque_of_the_arm(ros):
    arm = Arm(ros)
    start(ros, JointStateFuserNode, delay=0.0)
    wait_for(arm.listened)
    for count in range(20):
        for _ in range(20):
            arm.step()
        wait_for(lambda count=count: len(arm.joints) >= 5 * count)
    wait_for(lambda: len(arm.joints) >= 99 and arm.motions)
    (motion,) = arm.motions
    assert list(motion.joint_names) == NAMES
    assert np.allclose(motion.points[0].positions, 0.0)
    stamps = np.array([stamp_ns(message.header.stamp) for message in arm.joints])
    assert set(np.diff(stamps)) == {4_000_000}  # Gazebo's thousand a second become 250
    controller = controller_of(CONFIG.arm)
    begin_ns = stamps[0]
    for message in arm.joints[::20]:
        index = (stamp_ns(message.header.stamp) - begin_ns) // 2_000_000
        point = motion.points[int(index)]
        push = controller.kp * np.array(point.positions) + point.effort
        push += controller.kd * np.array(point.velocities)
        expected = np.clip(push, -controller.limit, controller.limit)
        assert list(message.name) == NAMES
        np.testing.assert_allclose(message.effort, expected, atol=1e-6)
    assert np.abs(arm.joints[-1].effort).max() > 1.0


def test_the_fuser_tells_of_silence_foreign_joints_and_starts_over_after_a_reset(ros):
    arm = Arm(ros)
    reports = ros.collect(arm.node, DiagnosticArray, '/diagnostics', 10)
    fuser = start(ros, JointStateFuserNode)
    wait_for(arm.listened)
    wait_for(lambda: any('nothing from Gazebo' in s.message for s in told(reports, ': arm')), 30)
    arm.now_ns += 10_000_000
    arm.step(names=['wheel'])
    arm.now_ns += 10_000_000
    arm.step()
    wait_for(lambda: arm.joints and arm.motions)
    assert fuser.health()[0].values['foreign'] == 1
    arm.now_ns = 1_000_000_000
    arm.step()
    wait_for(lambda: len(arm.motions) == 2)


def test_truth_has_the_names_of_the_cell(ros):
    node = ros.node('gazebo')
    output = node.create_publisher(Detection2DArray, '/gazebo_truth/boxes', 10)
    found = ros.collect(node, Detection2DArray, '/cell/gt/detections', 10)
    start(ros, GazeboTruthNode)
    wait_for(output.get_subscription_count)
    item = Detection2D(bbox=BoundingBox2D(size_x=90.0, size_y=90.0))
    item.bbox.center.position.x, item.bbox.center.position.y = 300.0, 200.0
    result = ObjectHypothesisWithPose()
    result.hypothesis.class_id = '6'  # the gear with a chip
    item.results = [result]
    header = Header(stamp=to_stamp(7_000_000_000), frame_id='cell_camera_optical_frame')
    output.publish(Detection2DArray(header=header, detections=[item]))
    wait_for(lambda: found)
    assert [d.results[0].hypothesis.class_id for d in found[0].detections] == ['gear', 'chip']
    assert found[0].header == header
    part, chip = (d.bbox for d in found[0].detections)
    assert abs(chip.center.position.y - part.center.position.y) < 60
    assert chip.size_x < part.size_x


def test_a_wrong_table_of_parts_is_told(ros, tmp_path):
    table = tmp_path / 'parts.yaml'
    table.write_text('nonsense')
    node = ros.node('watcher')
    reports = ros.collect(node, DiagnosticArray, '/diagnostics', 10)
    start(ros, GazeboTruthNode, parts_file=str(table))
    wait_for(lambda: any('is no table of parts' in s.message for s in told(reports, ': state')), 30)


@pytest.mark.skipif(
    importlib.util.find_spec('ros_gz_interfaces') is not None, reason='ros_gz is installed here'
)
def test_the_feeder_says_what_it_lacks_without_gazebo(ros):
    node = ros.node('watcher')
    reports = ros.collect(node, DiagnosticArray, '/diagnostics', 10)
    start(ros, PartFeederNode)
    wait_for(lambda: any('ros_gz_interfaces' in s.message for s in told(reports, ': state')), 30)
