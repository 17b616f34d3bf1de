"""The whole cell: simulated here, simulated by Gazebo, or real, with all nodes that watch it."""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetLaunchConfiguration,
)
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import EqualsSubstitution, LaunchConfiguration, PathJoinSubstitution

from factory_perception.cell.belt_plane import belt_plane
from factory_perception.cell.config import load_config
from factory_perception.resources import share_folder

HERE = Path(__file__).parent
SIMULATORS = ['builtin', 'gazebo', 'none']
SWITCH = ['true', 'false']
CELL_SETTINGS = 'seed,faults,cell_file'


def generate_launch_description():
    sim = LaunchConfiguration('sim')
    builtin, gazebo = (EqualsSubstitution(sim, name) for name in SIMULATORS[:2])
    return LaunchDescription(
        [
            *_arguments(gazebo),
            _fragment('dds_profile'),
            _group(builtin, _fragment('node', executable='cell', settings=CELL_SETTINGS)),
            _group(gazebo, _fragment('gazebo', cell_folder=LaunchConfiguration('cell_folder'))),
            _switched('description', robot_description=LaunchConfiguration('robot_description')),
            OpaqueFunction(function=_simulated),
            _include('perception.launch.py'),
            _switched('rviz', rviz_config=LaunchConfiguration('rviz_config')),
        ]
    )


def _arguments(gazebo):
    share = share_folder()
    folder = LaunchConfiguration('cell_folder')
    urdf = PathJoinSubstitution([folder, 'urdf', 'cell_arm.urdf'])
    return [
        _argument('sim', 'builtin', 'What stands in for the cell; none: real drivers.', SIMULATORS),
        _argument('seed', '', 'Another seed, another day (sim:=builtin); empty: 0.'),
        _argument('faults', '', 'Whether faults come by themselves (sim:=builtin); empty: auto.',
                  ['', 'auto', 'none']),
        _argument('cell_file', '', 'A cell.yaml of your own; empty: the shipped one.'),
        _argument('headless', 'false', 'Gazebo without a window (sim:=gazebo).', SWITCH),
        _argument('cell_folder', str(share),
                  'Folder that factory_perception cell-files made from cell_file.'),
        _argument('description', 'true', 'Publish the robot description and the frames.', SWITCH),
        _argument('robot_description', urdf, 'URDF file of the robot.'),
        _argument('rviz', 'false', 'Start rviz.', SWITCH),
        _argument('rviz_config', str(share / 'config' / 'rviz' / 'factory_cell.rviz'),
                  'Layout of rviz.'),
        _argument('use_sim_time', gazebo, 'Take the time from /clock; true with Gazebo.', SWITCH),
    ]  # fmt: skip


def _simulated(context):
    """Tell the nodes where the belt is, and that the arm is known, unless the cell is real."""
    asked = context.launch_configurations
    if asked['sim'] == 'none':
        return []
    known = {'cell_arm': 'true'}
    if not asked.get('surface_plane'):
        path = Path(asked['cell_file']).expanduser() if asked['cell_file'] else None
        known['surface_plane'] = str(belt_plane(load_config(path)))
    return [SetLaunchConfiguration(name, value) for name, value in known.items()]


def _argument(name, default, text, choices=None):
    return DeclareLaunchArgument(name, default_value=default, description=text, choices=choices)


def _include(file, **arguments):
    source = PythonLaunchDescriptionSource(str(HERE / file))
    return IncludeLaunchDescription(source, launch_arguments=arguments.items())


def _fragment(name, **arguments):
    """Include a fragment when it is its turn: --show-args then lists only what a user may set."""
    include = _include(f'fragments/{name}.launch.py', **arguments)
    return OpaqueFunction(function=lambda context: [include])


def _switched(name, **arguments):
    return _group(LaunchConfiguration(name), _fragment(name, **arguments))


def _group(condition, action):
    return GroupAction([action], condition=IfCondition(condition))
