"""What passes between Gazebo and ROS, as the file of ros_gz_bridge's parameter_bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from factory_perception.cell.config import CellConfig
from factory_perception.cell.gazebo.topics import (
    BELT_COMMAND,
    BELT_ODOMETRY,
    BOXES,
    CAMERA_INFO,
    CONTROL,
    disturbance,
    IMAGE,
    JOINT_STATE,
    SET_POSE,
    TRAJECTORY,
)

#: ROS type and Gazebo type of everything that passes.
PAIRS = {
    'clock': ('rosgraph_msgs/msg/Clock', 'gz.msgs.Clock'),
    'image': ('sensor_msgs/msg/Image', 'gz.msgs.Image'),
    'camera_info': ('sensor_msgs/msg/CameraInfo', 'gz.msgs.CameraInfo'),
    'boxes': ('vision_msgs/msg/Detection2DArray', 'gz.msgs.AnnotatedAxisAligned2DBox_V'),
    'joints': ('sensor_msgs/msg/JointState', 'gz.msgs.Model'),
    'trajectory': ('trajectory_msgs/msg/JointTrajectory', 'gz.msgs.JointTrajectory'),
    'number': ('std_msgs/msg/Float64', 'gz.msgs.Double'),
    'odometry': ('nav_msgs/msg/Odometry', 'gz.msgs.Odometry'),
}
_HEADER = '# Made from config/cell.yaml.\n'

Entry = dict[str, object]


def bridge_yaml(config: CellConfig) -> bytes:
    """Give the bridge's file: topics, then services."""
    entries = [*_topics(config), *_services()]
    return (_HEADER + yaml.safe_dump(entries, sort_keys=False, width=100)).encode()


def _topics(config: CellConfig) -> Iterator[Entry]:
    optical: dict[str, Any] = {'frame_id': config.camera.optical_frame}
    yield _topic('clock', '/clock', '/clock', qos_profile='CLOCK')
    yield _topic('image', IMAGE, IMAGE, lazy=True, publisher_queue=2, **optical)
    yield _topic('camera_info', CAMERA_INFO, CAMERA_INFO, **optical)
    yield _topic('boxes', '/gazebo_truth/boxes', BOXES, **optical)
    yield _topic('joints', '/joint_state_fuser/raw', JOINT_STATE)
    yield _topic('odometry', BELT_ODOMETRY, BELT_ODOMETRY)
    yield _topic('trajectory', '/joint_state_fuser/trajectory', TRAJECTORY, to_gazebo=True)
    yield _topic('number', '/cell/conveyor/velocity', BELT_COMMAND, to_gazebo=True)
    for joint in config.arm.joint_names:
        torque = disturbance(config.arm.name, joint)
        yield _topic('number', f'/cell/arm/{joint}/disturbance', torque, to_gazebo=True)


def _topic(pair: str, ros: str, gazebo: str, to_gazebo: bool = False, **more: object) -> Entry:
    ros_type, gazebo_type = PAIRS[pair]
    return {
        'ros_topic_name': ros,
        'gz_topic_name': gazebo,
        'ros_type_name': ros_type,
        'gz_type_name': gazebo_type,
        'direction': 'ROS_TO_GZ' if to_gazebo else 'GZ_TO_ROS',
        **more,
    }


def _services() -> Iterator[Entry]:
    for name, ros_type, request in (
        (SET_POSE, 'ros_gz_interfaces/srv/SetEntityPose', 'gz.msgs.Pose'),
        (CONTROL, 'ros_gz_interfaces/srv/ControlWorld', 'gz.msgs.WorldControl'),
    ):
        yield {
            'service_name': name,
            'ros_type_name': ros_type,
            'gz_req_type_name': request,
            'gz_rep_type_name': 'gz.msgs.Boolean',
        }
