"""Replay of every kind of material onto real topics."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rosbags.rosbag2 import Writer
from rosbags.rosbag2.enums import StoragePlugin
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image, JointState

from factory_perception.bridge.bags import BagError, message_class, restamp
from factory_perception.nodes.replay import ReplayNode
from test.conftest import data_folder
from test.nodes.conftest import wait_for

PERIOD_NS = 20_000_000


@pytest.fixture
def start(ros):
    def start(source, **parameters):
        values = {'source': str(source), 'rate': 4.0, **parameters}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        return ros.add(ReplayNode(context=ros.context, parameter_overrides=overrides))

    return start


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / 'pictures'
    folder.mkdir()
    for index in (0, 2, 10):
        cv2.imwrite(str(folder / f'frame_{index}.png'), np.full((4, 6, 3), index, np.uint8))
    return folder


def stamps_ns(messages):
    return [m.header.stamp.sec * 10**9 + m.header.stamp.nanosec for m in messages]


def test_pictures_in_order_with_their_spacing(ros, start, pictures):
    images = ros.collect(ros.node(), Image, 'image')
    node = start(pictures, fps=10.0, frame_id='line_3')
    wait_for(node.finished.is_set)
    wait_for(lambda: len(images) == 3)
    assert [bytes(m.data)[0] for m in images] == [0, 2, 10]
    assert (images[0].width, images[0].height, images[0].encoding) == (6, 4, 'bgr8')
    assert images[0].header.frame_id == 'line_3'
    assert np.diff(stamps_ns(images)).tolist() == [25_000_000] * 2  # 10 a second, 4 times faster
    assert node.exit_code == 0


def test_loop_until_stopped(ros, start, pictures):
    images = ros.collect(ros.node(), Image, 'image')
    node = start(pictures, fps=100.0, loop=True)
    wait_for(lambda: len(images) > 7)
    assert not node.finished.is_set()


def test_a_loop_keeps_the_step_where_it_begins_again(ros, start, pictures):
    for name in ('frame_2.png', 'frame_10.png'):
        (pictures / name).unlink()
    images = ros.collect(ros.node(), Image, 'image')
    start(pictures, fps=10.0, loop=True)
    wait_for(lambda: len(images) == 5)
    assert np.diff(stamps_ns(images)).min() >= 25_000_000  # a single picture, 40 times a second


def test_joints_from_csv(ros, start, tmp_path):
    path = tmp_path / 'joints.csv'
    with path.open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['run', 't_s', 'a', 'b.position', 'a_vel', 'b_torque'])
        writer.writerows([['x', 0.0, 1, 2, 3, 4], ['x', 0.02, 5, '', 7, 8]])
    joints = ros.collect(ros.node(), JointState, 'joint_states')
    start(path, stamps='original')
    wait_for(lambda: len(joints) == 2)
    assert joints[0].name == ['a', 'b']
    assert joints[0].position.tolist() == [1, 2]
    assert joints[0].velocity[0] == 3 and np.isnan(joints[0].velocity[1])
    assert joints[0].effort[1] == 4 and np.isnan(joints[1].position[1])
    assert stamps_ns(joints) == [0, PERIOD_NS]


def write_bag(path, storage):
    from rosbags.typesys import get_typestore, Stores

    types = get_typestore(Stores.ROS2_JAZZY)
    joint_state = types.types['sensor_msgs/msg/JointState']
    header, time = types.types['std_msgs/msg/Header'], types.types['builtin_interfaces/msg/Time']
    with Writer(path, version=9, storage_plugin=storage) as writer:
        connection = writer.add_connection('/arm/joint_states', joint_state.__msgtype__,
                                           typestore=types)  # fmt: skip
        for index in range(5):
            message = joint_state(
                header(time(7, index), 'base'),
                ['j'],
                np.array([index / 2]),
                np.zeros(0),
                np.zeros(0),
            )
            data = types.serialize_cdr(message, joint_state.__msgtype__)
            writer.write(connection, 10**9 + index * PERIOD_NS, data)


@pytest.mark.parametrize('storage', [StoragePlugin.SQLITE3, StoragePlugin.MCAP])
@pytest.mark.parametrize('stamps', ['now', 'original'])
def test_bags(ros, start, tmp_path, storage, stamps):
    write_bag(tmp_path / 'bag', storage)
    joints = ros.collect(ros.node(), JointState, '/arm/joint_states')
    clocks = ros.collect(ros.node('clock_reader'), Clock, '/clock')
    start(tmp_path / 'bag', stamps=stamps, clock=True)
    wait_for(lambda: len(joints) == 5)
    assert [m.position[0] for m in joints] == [0, 0.5, 1, 1.5, 2]
    assert joints[0].header.frame_id == 'base' and joints[0].name == ['j']
    if stamps == 'original':
        assert stamps_ns(joints) == [7 * 10**9 + index for index in range(5)]
    else:
        assert np.diff(stamps_ns(joints)).tolist() == [PERIOD_NS // 4] * 4
    assert clocks[-1].clock.nanosec == 4 * PERIOD_NS


@pytest.mark.parametrize('make, text', [
    (lambda folder: folder / 'nothing', 'does not exist'),
    (lambda folder: folder, 'holds no picture'),
    (lambda folder: (folder / 'a.txt').write_text('x') and folder / 'a.txt', 'is no folder of'),
    (lambda folder: (folder / 'a.mp4').write_text('x') and folder / 'a.mp4', 'no readable video'),
    (lambda folder: (folder / 'a.db3').write_text('x') and folder / 'a.db3', 'no readable bag'),
    (lambda folder: (folder / 'a.png').write_text('x') and folder, 'no readable picture'),
    (lambda folder: (folder / 'a.csv').write_text('a,b\n1,2\n') and folder / 'a.csv', 'time col'),
])  # fmt: skip
def test_what_cannot_be_replayed_ends_with_the_reason(start, tmp_path, capfd, make, text):
    node = start(make(tmp_path))
    wait_for(node.finished.is_set)
    assert node.exit_code == 1
    wait_for(lambda: text in capfd.readouterr().err or text in node._trouble)


def test_restamp_keeps_the_rest():
    from rclpy.serialization import deserialize_message, serialize_message

    message = JointState(name=['a', 'b'], position=[1.0, 2.0])
    message.header.frame_id = 'base'
    back = deserialize_message(restamp(serialize_message(message), 5 * 10**9 + 3), JointState)
    assert (back.header.stamp.sec, back.header.stamp.nanosec) == (5, 3)
    assert back.name == ['a', 'b'] and back.position.tolist() == [1, 2]
    assert back.header.frame_id == 'base'


@pytest.mark.parametrize('name', ['os', 'os/msg/path', 'sensor_msgs/msg/Nothing', '../x/msg/Y'])
def test_types_from_a_bag_are_not_trusted(name):
    with pytest.raises(BagError):
        message_class(name)


def test_a_real_bag(ros, start):
    bag = data_folder('robot_trajectories') / 'dev' / 'ros2_bags' / 'panda_exciting_trajectory.db3'
    joints = ros.collect(ros.node(), JointState, '/joint_states', 1000)
    start(bag, rate=20.0)
    wait_for(lambda: len(joints) == 727, 30)
    assert joints[0].name[:2] == ['fer_joint1', 'fer_joint2']
