"""The trainer: trains on request (~/start), or every so many hours; results go to the store."""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource

FRAGMENTS = Path(__file__).parent / 'fragments'
#: Launch arguments that are parameters of the trainer; empty keeps the default of the parameter.
SETTINGS = {
    'data': 'Folder of the data set, or "cell" for the embedded cell.',
    'name': 'Name of the model; empty takes that of the data folder.',
    'task': 'What to learn; empty recognises it by the data.',
    'config': 'YAML file of settings over the preset; empty for none.',
    'start_from': 'Model to go on from, such as parts; empty begins afresh.',
    'model_store': 'Folder that receives the model; empty for the default one.',
    'run_folder': 'Folder for checkpoints; empty makes one.',
    'threads': 'Processor threads of the training; empty: 1.',
    'period': 'Hours from the start of one training to the next; empty or 0: only on request.',
}
PRESETS = ['', 'tiny', 'cpu', 'edge', 'gpu']
SWITCH = ['true', 'false']
LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal']


def generate_launch_description():
    arguments = [
        *(
            DeclareLaunchArgument(name, default_value='', description=text)
            for name, text in SETTINGS.items()
        ),
        DeclareLaunchArgument(
            'preset',
            default_value='',
            choices=PRESETS,
            description='Size and patience; empty: cpu.',
        ),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the node.'),
        DeclareLaunchArgument(
            'params_file', default_value='', description='YAML file of parameters; it wins.'
        ),
        DeclareLaunchArgument(
            'autostart', default_value='true', choices=SWITCH, description='Activate at once.'
        ),
        DeclareLaunchArgument(
            'log_level', default_value='info', choices=LOG_LEVELS, description='Least log level.'
        ),
        DeclareLaunchArgument(
            'respawn', default_value='false', choices=SWITCH, description='Start it again.'
        ),
        DeclareLaunchArgument(
            'secure', default_value='false', choices=SWITCH, description='In its SROS 2 enclave.'
        ),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_trainer)])


def _trainer(context):
    source = PythonLaunchDescriptionSource(str(FRAGMENTS / 'node.launch.py'))
    settings = ','.join([*SETTINGS, 'preset'])
    arguments = {'executable': 'trainer', 'settings': settings}
    return [IncludeLaunchDescription(source, launch_arguments=arguments.items())]
