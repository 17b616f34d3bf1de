"""The bridge: types that go together, topics that both sides have."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from factory_perception.cell.gazebo.bridge import bridge_yaml
from factory_perception.cell.gazebo.topics import CAMERA_INFO, disturbance
from factory_perception.cell.gazebo.world import world_sdf
from factory_perception.nodes.topics import IN, OUT, TOPICS

#: From the tables of ros_gz_bridge.
ALLOWED = {
    'rosgraph_msgs/msg/Clock': 'gz.msgs.Clock',
    'sensor_msgs/msg/Image': 'gz.msgs.Image',
    'sensor_msgs/msg/CameraInfo': 'gz.msgs.CameraInfo',
    'sensor_msgs/msg/JointState': 'gz.msgs.Model',
    'vision_msgs/msg/Detection2DArray': 'gz.msgs.AnnotatedAxisAligned2DBox_V',
    'trajectory_msgs/msg/JointTrajectory': 'gz.msgs.JointTrajectory',
    'std_msgs/msg/Float64': 'gz.msgs.Double',
    'nav_msgs/msg/Odometry': 'gz.msgs.Odometry',
}
SERVICES = {
    'ros_gz_interfaces/srv/SetEntityPose': ('gz.msgs.Pose', 'gz.msgs.Boolean'),
    'ros_gz_interfaces/srv/ControlWorld': ('gz.msgs.WorldControl', 'gz.msgs.Boolean'),
}
KEYS = {
    'ros_topic_name', 'gz_topic_name', 'ros_type_name', 'gz_type_name', 'direction', 'lazy',
    'publisher_queue', 'subscriber_queue', 'qos_profile', 'frame_id', 'service_name',
    'gz_req_type_name', 'gz_rep_type_name',
}  # fmt: skip


@pytest.fixture(scope='module')
def entries(config):
    return yaml.safe_load(bridge_yaml(config))


@pytest.fixture(scope='module')
def topics(entries):
    return [entry for entry in entries if 'service_name' not in entry]


def test_keys_and_types_are_known(entries, topics):
    for entry in entries:
        assert set(entry) <= KEYS
    for entry in topics:
        assert ALLOWED[entry['ros_type_name']] == entry['gz_type_name']
        assert entry['direction'] in ('GZ_TO_ROS', 'ROS_TO_GZ')
    for entry in entries:
        if entry not in topics:
            pair = (entry['gz_req_type_name'], entry['gz_rep_type_name'])
            assert SERVICES[entry['ros_type_name']] == pair


def test_the_world_has_every_topic(topics, config, stock):
    world = ElementTree.fromstring(world_sdf(config, stock))
    tags = ('topic', 'velocity_topic', 'odometry_topic')
    there = {node.text for tag in tags for node in world.iter(tag)}
    there |= {'/clock', CAMERA_INFO}
    there |= {disturbance(config.arm.name, name) for name in config.arm.joint_names}
    assert {entry['gz_topic_name'] for entry in topics} <= there


def test_what_enters_ros_is_what_the_cell_publishes_or_a_node_waits_for(topics):
    wanted = {'/clock'}
    for node, listed in TOPICS.items():
        names = {item.name.replace('~', f'/{node}') for item in listed}
        wanted |= {name if name.startswith('/') else f'/{name}' for name in names}
    arm = {f'/cell/arm/joint_{number}/disturbance' for number in range(1, 7)}
    assert {entry['ros_topic_name'] for entry in topics} <= wanted | arm


@pytest.mark.parametrize('node', ['joint_state_fuser', 'gazebo_truth', 'part_feeder'])
def test_the_helpers_get_and_give_what_they_say(entries, node):
    bridged = {
        (entry['ros_topic_name'], entry['ros_type_name'], entry['direction'])
        for entry in entries
        if 'ros_topic_name' in entry
    }
    ways = {IN: 'GZ_TO_ROS', OUT: 'ROS_TO_GZ'}
    raw = [item for item in TOPICS[node] if item.role in ways and item.name.startswith('~')]
    raw += [item for item in TOPICS[node] if 'conveyor' in item.name]
    assert raw
    for item in raw:
        name = item.name.replace('~', f'/{node}')
        name = name if name.startswith('/') else f'/{name}'
        assert (name, item.type_name, ways[item.role]) in bridged


def test_the_committed_file_is_read_by_the_launch_file():
    path = Path(__file__).resolve().parents[3] / 'config' / 'gazebo_bridge.yaml'
    assert isinstance(yaml.safe_load(path.read_text()), list)
