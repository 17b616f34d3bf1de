"""Record what the nodes see and say as MCAP bags of ten minutes."""

from pathlib import Path
import tempfile
import time

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    ExecuteProcess,
    LogInfo,
    OpaqueFunction,
    RegisterEventHandler,
)
from launch.event_handlers import OnShutdown
import yaml

from factory_perception.resources import share_folder
from factory_perception.wiring import camera_topics, full_name, moved

BAG_S = 600


def generate_launch_description():
    arguments = [
        DeclareLaunchArgument('record_folder', default_value='.', description='Where bags go.'),
        DeclareLaunchArgument('record_topics', description='YAML file of topics and their QoS.'),
        DeclareLaunchArgument('use_sim_time', default_value='false', description='Use /clock.'),
        DeclareLaunchArgument('cameras', default_value='', description='Image topics.'),
        DeclareLaunchArgument('joint_states', default_value='/joint_states', description='Joints.'),
        DeclareLaunchArgument(
            'joint_reference', default_value='', description='Where the joints shall be.'
        ),
        DeclareLaunchArgument('namespace', default_value='', description='Namespace of the nodes.'),
    ]
    return LaunchDescription([*arguments, OpaqueFunction(function=_recorder)])


def _recorder(context):
    asked = context.launch_configurations
    try:
        get_package_prefix('rosbag2_storage_mcap')
    except PackageNotFoundError:
        return [LogInfo(msg='nothing is recorded: rosbag2_storage_mcap is not installed')]
    namespace = asked['namespace']
    given = Path(asked['record_topics']).expanduser()
    topics_file = _topics_file(given, namespace)
    topics = list(yaml.safe_load(topics_file.read_text(encoding='utf-8')))
    robot = [asked['joint_states'], asked['joint_reference']]
    robot += camera_topics(asked['cameras']).values()
    topics += [full_name(topic, namespace) for topic in robot if topic]
    whose = [namespace.strip('/').replace('/', '_')] if namespace else []
    bag = Path(asked['record_folder']).expanduser()
    bag /= '_'.join(['factory_perception', *whose, time.strftime('%Y%m%d_%H%M%S')])
    command = [
        'ros2', 'bag', 'record', '--storage', 'mcap', '--storage-preset-profile', 'zstd_fast',
        '--max-bag-duration', str(BAG_S), '--qos-profile-overrides-path', str(topics_file),
        '--output', str(bag),
    ]  # fmt: skip
    if asked['use_sim_time'] == 'true':
        command.append('--use-sim-time')
    recorder = ExecuteProcess(cmd=[*command, '--topics', *dict.fromkeys(topics)], output='both')
    return [recorder] if topics_file == given else [_removal(topics_file), recorder]


def _topics_file(path, namespace):
    """Give the file itself, or a copy of the shipped one with the names of a robot's topics."""
    if not namespace or path != share_folder() / 'config' / 'record.yaml':
        return path
    topics = yaml.safe_load(path.read_text(encoding='utf-8'))
    robots = {moved(topic, namespace): qos for topic, qos in topics.items()}
    with tempfile.NamedTemporaryFile(
        'w', prefix='record_', suffix='.yaml', delete=False, encoding='utf-8'
    ) as file:
        yaml.safe_dump(robots, file)
    return Path(file.name)


def _removal(path):
    """Remove the copy when launch ends; the recorder has read it long before."""
    return RegisterEventHandler(
        OnShutdown(on_shutdown=lambda event, context: path.unlink(missing_ok=True))
    )
