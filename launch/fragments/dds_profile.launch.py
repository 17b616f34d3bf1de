"""The Fast DDS profile for every process that follows, unless the user has set one."""

from launch import LaunchDescription
from launch.actions import OpaqueFunction, SetEnvironmentVariable

from factory_perception.deployment import profile_path, PROFILE_VARIABLES


def generate_launch_description():
    return LaunchDescription([OpaqueFunction(function=_profile)])


def _profile(context):
    if any(context.environment.get(name) for name in PROFILE_VARIABLES):
        return []
    return [SetEnvironmentVariable(name, profile_path()) for name in PROFILE_VARIABLES]
