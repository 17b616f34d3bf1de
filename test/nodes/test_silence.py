"""Why nothing arrives is said with the mend that fits the kind of topic."""

from __future__ import annotations

import pytest
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image, JointState

from factory_perception.nodes.silence import explain_silence
from test.nodes.conftest import wait_for

RELIABLE = QoSProfile(depth=1)
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
IMAGE, JOINTS = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/JointState'


@pytest.mark.parametrize(
    ('sent', 'wanted', 'ours', 'said', 'unsaid'),
    [
        (None, IMAGE, BEST_EFFORT, 'has no publisher (0)', 'fits'),
        (CompressedImage, IMAGE, BEST_EFFORT, 'CompressedImage, not sensor_msgs/msg/Image: set the '
         'parameter "transport"', 'nothing arrives'),
        (Image, JOINTS, BEST_EFFORT, 'not sensor_msgs/msg/JointState: remap', 'transport'),
        (Image, IMAGE, RELIABLE, 'does not fit ours (reliable, volatile, depth 1): Best effort '
         'publisher and reliable subscription. Set the parameters '
         'qos_overrides./topic.subscription', 'ERROR'),
        (Image, IMAGE, BEST_EFFORT, 'shared-memory', 'ros2 topic hz'),
        (JointState, JOINTS, BEST_EFFORT, 'ros2 topic hz /topic', 'shared-memory'),
    ],
)  # fmt: skip
def test_the_reason_and_its_mend(ros, sent, wanted, ours, said, unsaid):
    node = ros.node()
    if sent:
        node.create_publisher(sent, 'topic', BEST_EFFORT)
        wait_for(lambda: node.count_publishers('/topic'))
    text = explain_silence(node, '/topic', wanted, ours, 'profile.xml')
    assert said in text
    assert unsaid not in text
