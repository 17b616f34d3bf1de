"""One node of this package: its parameters, its wiring, its process."""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch_ros.actions import Node
import yaml

from factory_perception.resources import share_folder
from factory_perception.wiring import (
    camera_topics,
    enclave,
    health_remapping,
    spec_of,
    typed,
    wired,
)

RESPAWN_DELAY_S = 2.0
#: A node that is told to end gets so long on a busy machine; five seconds are usual.
PATIENCE_S = 20.0


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('executable', description='Executable and name of the node.'),
        DeclareLaunchArgument(
            'settings',
            default_value='',
            description='Launch arguments, with commas between, that are parameters of the node; '
            'one that is empty leaves the default of the parameter.',
        ),
        DeclareLaunchArgument('model', default_value='', description='Model; empty: its own.'),
        DeclareLaunchArgument(
            'cameras', default_value='', description='Image topics, as in perception.launch.py.'
        ),
        DeclareLaunchArgument(
            'joint_states', default_value='joint_states', description='Topic of the joints.'
        ),
        DeclareLaunchArgument(
            'joint_reference', default_value='', description='Where they shall be; empty: its own.'
        ),
        DeclareLaunchArgument(
            'cell_arm', default_value='true', description="The robot is the cell's arm."
        ),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the node.'),
        DeclareLaunchArgument('params_file', default_value='', description='Your own parameters.'),
        DeclareLaunchArgument('use_sim_time', default_value='false', description='Use /clock.'),
        DeclareLaunchArgument('autostart', default_value='true', description='Activate at once.'),
        DeclareLaunchArgument('log_level', default_value='info', description='Least log level.'),
        DeclareLaunchArgument('respawn', default_value='false', description='Start it again.'),
        DeclareLaunchArgument('secure', default_value='false', description='With its enclave.'),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_node)])


def _node(context):
    asked = context.launch_configurations
    spec = wired(
        spec_of(asked['executable']),
        camera_topics(asked['cameras']),
        asked['joint_states'],
        asked['model'],
        asked['cell_arm'] == 'true',
        asked['joint_reference'],
    )
    defaults_file = share_folder() / 'config' / 'nodes' / f'{spec.executable}.yaml'
    defaults = yaml.safe_load(defaults_file.read_text())['/**']['ros__parameters']
    settings = {
        name: typed(name, asked[name], defaults[name])
        for name in filter(None, asked['settings'].split(','))
        if asked[name]
    }
    parameters = [
        str(defaults_file),
        {
            **spec.parameters,
            **settings,
            'autostart': asked['autostart'] == 'true',
            'use_sim_time': asked['use_sim_time'] == 'true',
        },
    ]
    if asked['params_file']:
        parameters.append(str(Path(asked['params_file']).expanduser()))
    remappings = {**spec.remappings, **health_remapping(asked['namespace'])}
    ros_arguments = ['--log-level', asked['log_level']]
    if asked['secure'] == 'true':
        ros_arguments += ['--enclave', enclave(spec.executable, asked['namespace'])]
    node = Node(
        package='factory_perception',
        executable=spec.executable,
        name=spec.executable,
        namespace=asked['namespace'],
        parameters=parameters,
        remappings=list(remappings.items()),
        ros_arguments=ros_arguments,
        output='both',
        respawn=asked['respawn'] == 'true',
        respawn_delay=RESPAWN_DELAY_S,
        sigkill_timeout=str(PATIENCE_S),
    )
    return [node]
