"""The cell node: what it publishes agrees with itself."""

from __future__ import annotations

import json
import time

from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Float64, String
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.image_msgs import read_image
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.cell.simulation import Cell
from factory_perception.nodes.cell import CellNode
from test.nodes.conftest import wait_for

BEST_EFFORT = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)


@pytest.fixture
def start(ros):
    def start(**parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        return ros.add(CellNode(context=ros.context, parameter_overrides=overrides))

    return start


def test_pictures_with_calibration_and_truth(ros, start):
    node = ros.node()
    images = ros.collect(node, Image, '/cell/camera/image_raw', BEST_EFFORT)
    infos = ros.collect(node, CameraInfo, '/cell/camera/camera_info', BEST_EFFORT)
    truths = ros.collect(node, Detection2DArray, '/cell/gt/detections', 50)
    start(faults='none')
    wait_for(lambda: len(images) > 20 and len(truths) > 20 and infos, 40)
    assert (images[0].width, images[0].height, images[0].encoding) == (640, 480, 'bgr8')
    assert images[0].header.frame_id == 'cell_camera_optical_frame'
    stamps = [stamp_ns(m.header.stamp) for m in images]
    assert set(stamps[3:-3]) <= {stamp_ns(m.header.stamp) for m in truths}
    periods = np.diff(stamps) / 1e9 * 15
    assert np.allclose(periods, periods.round(), atol=1e-3)  # stamps are on the camera's clock
    assert infos[0].k[0] == pytest.approx(320 / np.tan(0.45), rel=1e-3)
    assert read_image(images[0]).pixels.std() > 5
    assert any(message.detections for message in truths)


def test_joints_at_their_rate_in_order(ros, start):
    node = ros.node()
    joints = ros.collect(node, JointState, '/joint_states', 500)
    references = ros.collect(node, JointState, '/cell/joint_reference', 500)
    start(camera=False, faults='none')
    wait_for(lambda: len(joints) > 500 and len(references) > 300, 40)
    stamps = np.array([stamp_ns(m.header.stamp) for m in joints[:500]])
    assert (np.diff(stamps) == 4_000_000).all()
    assert joints[0].name == [f'joint_{number}' for number in range(1, 7)]
    assert len(joints[0].position) == len(joints[0].velocity) == len(joints[0].effort) == 6
    position = np.array([m.position for m in joints[:500]])
    velocity = np.array([m.velocity for m in joints[:500]])
    assert (
        np.corrcoef(np.gradient(position[:, 0]), velocity[:, 0])[0, 1] > 0.5 or not velocity.any()
    )


def test_a_fault_on_request_is_in_the_truth_and_in_the_joints(ros, start):
    node = ros.node()
    faults = ros.collect(node, DiagnosticArray, '/cell/gt/faults')
    joints = ros.collect(node, JointState, '/joint_states', 500)
    requests = node.create_publisher(String, '/cell/inject', 10)
    start(camera=False, faults='none')
    wait_for(lambda: joints and requests.get_subscription_count(), 30)
    requests.publish(String(data='nonsense'))
    requests.publish(String(data='{"kind": "rust"}'))
    request = {'kind': 'sensor_dropout', 'joint': 'joint_2', 'severity': 1.0, 'duration_s': 2.0}
    requests.publish(String(data=json.dumps(request)))
    named = wait_for(lambda: [s for m in faults for s in m.status if s.message == 'sensor_dropout'])
    assert named[0].name == 'truth: joint_2'
    wait_for(lambda: any(np.isnan(m.position[1]) for m in joints[-200:]))
    assert not any(np.isnan(m.position[0]) for m in joints)
    wait_for(lambda: faults[-1].status == [], 20)


def test_the_belt_obeys(ros, start):
    node = ros.node()
    odometry = ros.collect(node, Odometry, '/cell/conveyor/odometry')
    speed = node.create_publisher(Float64, '/cell/conveyor/velocity', 10)
    start(camera=False, faults='none')
    wait_for(lambda: odometry and speed.get_subscription_count(), 30)
    assert odometry[0].twist.twist.linear.x == pytest.approx(0.15)
    speed.publish(Float64(data=0.3))
    wait_for(lambda: abs(odometry[-1].twist.twist.linear.x - 0.3) < 1e-6)
    speed.publish(Float64(data=99.0))  # refused, and the node lives
    count = len(odometry)
    wait_for(lambda: len(odometry) > count + 5)
    assert odometry[-1].twist.twist.linear.x == pytest.approx(0.3)


def test_it_stops_at_once_on_a_machine_that_cannot_keep_up(start, monkeypatch):
    advance = Cell.advance_to

    def slowly(cell, time_s):
        time.sleep(3 * (time_s - cell.time_s))
        advance(cell, time_s)

    node = start(camera=False, faults='none')
    wait_for(lambda: node._samples)
    monkeypatch.setattr(Cell, 'advance_to', slowly)
    time.sleep(3.0)  # the cell is two seconds behind by now, and needs six to catch up
    begin = time.monotonic()
    node.deactivate()
    assert time.monotonic() - begin < 2.0
