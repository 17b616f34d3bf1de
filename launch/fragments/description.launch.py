"""The robot description and all frames of the cell; a second arm shows the forecast."""

from pathlib import Path

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    LogInfo,
    OpaqueFunction,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import Node

from factory_perception.wiring import FORECAST, root_link

FRAGMENTS = Path(__file__).parent


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('robot_description', description='URDF file of the robot.'),
        DeclareLaunchArgument('cell_file', default_value='', description='A cell.yaml.'),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the nodes.'),
        DeclareLaunchArgument('use_sim_time', default_value='false', description='Use /clock.'),
        DeclareLaunchArgument(
            'joint_states', default_value='joint_states', description='Topic of the joints.'
        ),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_description)])


def _description(context):
    view = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(str(FRAGMENTS / 'node.launch.py')),
        launch_arguments={'executable': 'arm_view', 'settings': 'cell_file'}.items(),
    )
    return [*_publishers(context.launch_configurations), GroupAction([view])]


def _publishers(asked):
    try:
        get_package_prefix('robot_state_publisher')
    except PackageNotFoundError:
        return [LogInfo(msg='no robot in rviz: robot_state_publisher is not installed')]
    urdf = Path(asked['robot_description']).expanduser().read_text(encoding='utf-8')
    shared = {'robot_description': urdf, 'use_sim_time': asked['use_sim_time'] == 'true'}
    robot = Node(
        package='robot_state_publisher',
        executable='robot_state_publisher',
        namespace=asked['namespace'],
        parameters=[shared],
        remappings=[('joint_states', asked['joint_states'])],
    )
    ghost = Node(
        package='robot_state_publisher',
        executable='robot_state_publisher',
        namespace=f'{asked["namespace"]}/{FORECAST}',
        parameters=[{**shared, 'frame_prefix': f'{FORECAST}/'}],
    )
    root = root_link(urdf)
    tie = Node(
        package='tf2_ros',
        executable='static_transform_publisher',
        name='forecast_root',
        namespace=asked['namespace'],
        arguments=['--frame-id', root, '--child-frame-id', f'{FORECAST}/{root}'],
    )
    return [robot, ghost, tie]
