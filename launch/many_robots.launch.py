"""Several robots, each in a namespace of its own with its own nodes and its own page."""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    GroupAction,
    IncludeLaunchDescription,
    OpaqueFunction,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource

from factory_perception.wiring import REFERENCE, ROBOT_CAMERA, robot_names

PERCEPTION = str(Path(__file__).parent / 'perception.launch.py')


def generate_launch_description():
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                'robots',
                default_value='robot_1,robot_2',
                description='Namespaces of the robots, with commas between. Joint states are '
                'expected on NAMESPACE/joint_states.',
            ),
            DeclareLaunchArgument(
                'detector',
                default_value='false',
                choices=['true', 'false'],
                description='Start a detector for each robot, on the topic cameras in its '
                'namespace.',
            ),
            DeclareLaunchArgument(
                'cameras',
                default_value=ROBOT_CAMERA,
                description='Image topic below each namespace.',
            ),
            DeclareLaunchArgument(
                'joint_reference',
                default_value=REFERENCE,
                description='Topic, below each namespace, of where the controller wants the joints '
                'to be.',
            ),
            DeclareLaunchArgument(
                'first_port',
                default_value='8088',
                description='Port of the page of the first robot; the others follow.',
            ),
            OpaqueFunction(function=_robots),
        ]
    )


def _robots(context):
    asked = context.launch_configurations
    return [
        GroupAction([_robot(name, str(int(asked['first_port']) + place), shared=place == 0)])
        for place, name in enumerate(robot_names(asked['robots']))
    ]


def _robot(namespace, port, shared):
    arguments = {'namespace': namespace, 'port': port}
    if not shared:  # one bridge shows the topics of all
        arguments['foxglove'] = 'false'
    source = PythonLaunchDescriptionSource(PERCEPTION)
    return IncludeLaunchDescription(source, launch_arguments=arguments.items())
