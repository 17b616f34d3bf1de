"""The diagnostic aggregator: /diagnostics sorted into a tree on /diagnostics_agg."""

from ament_index_python.packages import get_package_prefix, PackageNotFoundError
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction
from launch_ros.actions import Node

from factory_perception.resources import share_folder


def generate_launch_description():
    use_sim_time = DeclareLaunchArgument(
        'use_sim_time', default_value='false', description='Use /clock.'
    )
    namespace = DeclareLaunchArgument(
        'namespace', default_value='', description='Namespace of the nodes.'
    )
    return LaunchDescription([use_sim_time, namespace, OpaqueFunction(function=_aggregator)])


def _aggregator(context):
    try:
        get_package_prefix('diagnostic_aggregator')
    except PackageNotFoundError:
        return [
            LogInfo(msg='no /diagnostics_agg: the package diagnostic_aggregator is not installed')
        ]
    config = str(share_folder() / 'config' / 'diagnostics.yaml')
    use_sim_time = context.launch_configurations['use_sim_time'] == 'true'
    namespace = context.launch_configurations['namespace']
    topics = ('diagnostics', 'diagnostics_agg') if namespace else ()
    aggregator = Node(
        package='diagnostic_aggregator',
        executable='aggregator_node',
        name='diagnostics',
        namespace=namespace,
        remappings=[(f'/{topic}', topic) for topic in topics],
        parameters=[config, {'use_sim_time': use_sim_time}],
    )
    return [aggregator]
