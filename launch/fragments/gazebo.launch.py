"""The cell in Gazebo: the world, the bridge to ROS, and what Gazebo does not give by itself."""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import (
    AppendEnvironmentVariable,
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetLaunchConfiguration,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import Node

FRAGMENTS = Path(__file__).parent
#: In the order of the road of a message: the arm, the belt, the truth.
HELPERS = {
    'joint_state_fuser': 'cell_file,seed',
    'part_feeder': 'cell_file,parts_file,seed',
    'gazebo_truth': 'cell_file,parts_file',
}
SWITCH = ['true', 'false']


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('cell_folder', description='Folder with worlds/ and config/.'),
        DeclareLaunchArgument('cell_file', default_value='', description='A cell.yaml.'),
        DeclareLaunchArgument('seed', default_value='', description='Another seed.'),
        DeclareLaunchArgument(
            'headless', default_value='false', choices=SWITCH, description='Gazebo has no window.'
        ),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_gazebo)])


def _gazebo(context):
    asked = context.launch_configurations
    folder = Path(asked['cell_folder']).expanduser()
    world = folder / 'worlds' / 'factory_cell.sdf'
    words = '-r -s --headless-rendering' if asked['headless'] == 'true' else '-r'
    server = Path(get_package_share_directory('ros_gz_sim')) / 'launch' / 'gz_sim.launch.py'
    bridge = Node(
        package='ros_gz_bridge',
        executable='parameter_bridge',
        name='gazebo_bridge',
        parameters=[
            {'config_file': str(folder / 'config' / 'gazebo_bridge.yaml'), 'use_sim_time': True}
        ],
        output='both',
    )
    return [
        AppendEnvironmentVariable('GZ_SIM_RESOURCE_PATH', str(folder / 'worlds')),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(str(server)),
            launch_arguments={
                'gz_args': f'{words} -v 2 {world}',
                'on_exit_shutdown': 'true',
            }.items(),
        ),
        bridge,
        SetLaunchConfiguration('parts_file', str(folder / 'config' / 'gazebo_parts.yaml')),
        *(_helper(name, settings) for name, settings in HELPERS.items()),
    ]


def _helper(name, settings):
    source = PythonLaunchDescriptionSource(str(FRAGMENTS / 'node.launch.py'))
    arguments = {'executable': name, 'settings': settings, 'use_sim_time': 'true'}
    include = IncludeLaunchDescription(source, launch_arguments=arguments.items())
    return GroupAction([include])
