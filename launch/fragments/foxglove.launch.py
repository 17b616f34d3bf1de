"""The bridge to Foxglove: shows all topics, lets nobody publish, set or call anything."""

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction
from launch_ros.actions import Node

PORT = 8765


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('foxglove_address', description='Address that it listens on.'),
        DeclareLaunchArgument('use_sim_time', default_value='false', description='Use /clock.'),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_bridge)])


def _bridge(context):
    try:
        get_package_prefix('foxglove_bridge')
    except PackageNotFoundError:
        return [LogInfo(msg='no Foxglove: the package foxglove_bridge is not installed')]
    asked = context.launch_configurations
    settings = {
        'address': asked['foxglove_address'],
        'port': PORT,
        'capabilities': ['connectionGraph'],
        'use_sim_time': asked['use_sim_time'] == 'true',
    }
    bridge = Node(
        package='foxglove_bridge',
        executable='foxglove_bridge',
        name='foxglove_bridge',
        parameters=[settings],
    )
    return [bridge]
