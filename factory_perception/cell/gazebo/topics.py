"""Topics between Gazebo and the bridge; absolute, so that no path hangs on a world or a model."""

from __future__ import annotations

WORLD = 'factory_cell'
IMAGE = '/cell/camera/image_raw'
CAMERA_INFO = '/cell/camera/camera_info'  # Gazebo puts it beside the pictures by itself
BOXES = '/cell/camera/boxes'
JOINT_STATE = '/cell/arm/joint_state'
TRAJECTORY = '/cell/arm/joint_trajectory'
BELT_COMMAND = '/cell/conveyor/cmd_vel'
BELT_ODOMETRY = '/cell/conveyor/odometry'
SET_POSE = f'/world/{WORLD}/set_pose'
CONTROL = f'/world/{WORLD}/control'


def disturbance(arm: str, joint: str) -> str:
    """Give Gazebo's topic of a torque that is added to one joint."""
    return f'/model/{arm}/joint/{joint}/cmd_force'
