"""rviz with the cell's layout."""

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction
from launch_ros.actions import Node


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('rviz_config', description='Layout file.'),
        DeclareLaunchArgument('use_sim_time', default_value='false', description='Use /clock.'),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_rviz)])


def _rviz(context):
    try:
        get_package_prefix('rviz2')
    except PackageNotFoundError:
        return [LogInfo(msg='no rviz: the package rviz2 is not installed')]
    asked = context.launch_configurations
    rviz = Node(
        package='rviz2',
        executable='rviz2',
        arguments=['-d', asked['rviz_config']],
        parameters=[{'use_sim_time': asked['use_sim_time'] == 'true'}],
    )
    return [rviz]
