"""The nodes that watch a robot and its cameras, on the topics of its drivers."""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
)
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration

from factory_perception.resources import share_folder
from factory_perception.wiring import perception

FRAGMENTS = Path(__file__).parent / 'fragments'
SWITCH = ['true', 'false']
#: Launch arguments that are parameters of one node; empty keeps the default of the parameter.
SETTINGS = {'detector': 'surface_plane', 'dashboard': 'port'}
LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal']


def generate_launch_description():
    return LaunchDescription(
        [
            *_arguments(),
            _fragment('dds_profile'),
            *(_start(spec) for spec in perception()),
            GroupAction([_fragment('diagnostics')], condition=_is_true('diagnostics')),
            GroupAction(
                [_fragment('foxglove', foxglove_address=LaunchConfiguration('foxglove_address'))],
                condition=_is_true('foxglove'),
            ),
            GroupAction(
                [_fragment('record', record_topics=LaunchConfiguration('record_topics'))],
                condition=_is_true('record'),
            ),
        ]
    )


def _arguments():
    topics = str(share_folder() / 'config' / 'record.yaml')
    shared = [
        _argument(
            'cameras',
            '',
            'Image topic of the camera, or name=topic pairs with commas between for several. '
            "Calibration is expected beside it on camera_info. Empty: the simulated cell's camera.",
        ),
        _argument('joint_states', 'joint_states', 'Topic of the joint states.'),
        _argument(
            'joint_reference',
            '',
            'Topic of where the controller wants the joints to be, where it tells. '
            "Empty: the simulated cell's.",
        ),
        _argument(
            'surface_plane',
            '',
            'Plane n.p = d that the objects lie on, as [nx, ny, nz, d] in the optical frame of the '
            'camera, for markers in rviz. Empty: no markers.',
        ),
        _argument(
            'cell_arm',
            'false',
            'The robot is the arm of the simulated cell, whose limits and forecaster are known.',
            SWITCH,
        ),
        _argument('port', '', 'Port of the page. Empty: 8088.'),
        _argument('namespace', '', 'Namespace of all nodes, such as robot_1.'),
        _argument(
            'params_file', '', 'YAML file of parameters; what stands there wins. Empty: none.'
        ),
        _argument('use_sim_time', 'false', 'Take the time from /clock.', SWITCH),
        _argument('autostart', 'true', 'Activate at once; false waits for a manager.', SWITCH),
        _argument('log_level', 'info', 'Least level that is logged.', LOG_LEVELS),
        _argument('respawn', 'false', 'Start a node again when its process has ended.', SWITCH),
        _argument('secure', 'false', 'Run each node in its SROS 2 enclave.', SWITCH),
        _argument('diagnostics', 'true', 'Sort /diagnostics into /diagnostics_agg.', SWITCH),
        _argument('foxglove', 'false', 'Let Foxglove look on, on port 8765.', SWITCH),
        _argument('foxglove_address', '127.0.0.1', 'Address for Foxglove.'),
        _argument('record', 'false', 'Record the topics of record_topics as MCAP.', SWITCH),
        _argument('record_folder', '.', 'Folder that receives the recordings.'),
        _argument('record_topics', topics, 'YAML file of the recorded topics and their QoS.'),
    ]
    for spec in perception():
        name = spec.executable
        shared.append(_argument(name, 'true', f'Start the node {name}.', SWITCH))
        if 'model' in spec.parameters:
            text = f'Model of {name}: a name, name@version, or a model folder.'
            model = str(spec.parameters['model'])
            if 'model' in spec.of_cell_arm:
                model, text = '', f'{text} Empty: none; with cell_arm {model}.'
            shared.append(_argument(f'{name}_model', model, text))
    return shared


def _argument(name, default, text, choices=None):
    return DeclareLaunchArgument(name, default_value=default, description=text, choices=choices)


def _is_true(name):
    return IfCondition(LaunchConfiguration(name))


def _fragment(name, **arguments):
    """Include a fragment when it is its turn: --show-args then lists the arguments above alone."""
    source = PythonLaunchDescriptionSource(str(FRAGMENTS / f'{name}.launch.py'))
    include = IncludeLaunchDescription(source, launch_arguments=arguments.items())
    return OpaqueFunction(function=lambda context: [include])


def _start(spec):
    name = spec.executable
    arguments = {'executable': name, 'settings': SETTINGS.get(name, '')}
    if 'model' in spec.parameters:
        arguments['model'] = LaunchConfiguration(f'{name}_model')
    return GroupAction([_fragment('node', **arguments)], condition=_is_true(name))
