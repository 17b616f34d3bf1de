"""Carry a launch file out without ROS: what it would start, with which arguments and parameters.

``launch`` and ``launch_ros`` are no wheels. These stand-ins know what the launch files of this
package use of them, no more: a name that is missing here is an ImportError in the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
import importlib.util
import sys
import types
from typing import Any


@dataclass
class Context:
    """What the launch files see and what they did."""

    launch_configurations: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    declared: dict[str, DeclareLaunchArgument] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    commands: list[list[str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    handlers: list[OnShutdown] = field(default_factory=list)

    def shut_down(self):
        """Do what is left for the end."""
        for handler in self.handlers:
            assert handler.on_shutdown(None, self) is None


def text(value: Any, context: Context) -> str:
    """Give what a substitution, or a list of them, stands for."""
    if isinstance(value, (list, tuple)):
        return ''.join(text(part, context) for part in value)
    return value.perform(context) if hasattr(value, 'perform') else str(value)


class LaunchConfiguration:
    def __init__(self, name):
        self.name = name

    def perform(self, context):
        return context.launch_configurations[self.name]


class EqualsSubstitution:
    def __init__(self, left, right):
        self.sides = left, right

    def perform(self, context):
        left, right = (text(side, context) for side in self.sides)
        return str(left == right).lower()


class PathJoinSubstitution:
    def __init__(self, parts):
        self.parts = parts

    def perform(self, context):
        return '/'.join(text(part, context) for part in self.parts)


class IfCondition:
    def __init__(self, value):
        self.value = value

    def evaluate(self, context):
        said = text(self.value, context)
        assert said in ('true', 'false'), f'a condition says "{said}"'
        return said == 'true'


class LaunchDescription:
    def __init__(self, entities):
        self.entities = entities

    def run(self, context):
        for entity in self.entities:
            entity.run(context)

    def check_given(self, given):
        """Refuse an include that leaves out what has no default, as launch does."""
        for entity in self.entities:
            if isinstance(entity, DeclareLaunchArgument) and entity.default is None:
                assert entity.name in given, f'{entity.name} is not given'


class DeclareLaunchArgument:
    def __init__(self, name, *, default_value=None, description, choices=None):
        self.name, self.default, self.choices = name, default_value, choices
        self.description = description

    def run(self, context):
        context.declared.setdefault(self.name, self)
        known = context.launch_configurations
        if self.name not in known:
            assert self.default is not None, f'{self.name} is needed'
            known[self.name] = text(self.default, context)
        if self.choices and known[self.name] not in self.choices:
            raise ValueError(f'{self.name} can be one of {self.choices}')


class GroupAction:
    def __init__(self, actions, *, condition=None):
        self.actions, self.condition = actions, condition

    def run(self, context):
        if self.condition is None or self.condition.evaluate(context):
            before = dict(context.launch_configurations)
            LaunchDescription(self.actions).run(context)
            context.launch_configurations = before


class PythonLaunchDescriptionSource:
    def __init__(self, path):
        self.path = path


class IncludeLaunchDescription:
    def __init__(self, source, *, launch_arguments=()):
        self.source, self.arguments = source, dict(launch_arguments)

    def run(self, context):
        given = {name: text(value, context) for name, value in self.arguments.items()}
        context.launch_configurations.update(given)
        context.files.append(text(self.source.path, context))
        if '/ros_gz_sim/' not in context.files[-1]:
            description = load(context.files[-1])
            description.check_given(given)
            description.run(context)
            unknown = set(given) - set(context.declared)
            assert not unknown, f'{context.files[-1]} does not declare {unknown}'


class OpaqueFunction:
    def __init__(self, *, function):
        self.function = function

    def run(self, context):
        LaunchDescription(self.function(context)).run(context)


class SetEnvironmentVariable:
    def __init__(self, name, value):
        self.name, self.value = name, value

    def run(self, context):
        context.environment[self.name] = text(self.value, context)


class SetLaunchConfiguration(SetEnvironmentVariable):
    def run(self, context):
        context.launch_configurations[self.name] = text(self.value, context)


class AppendEnvironmentVariable(SetEnvironmentVariable):
    pass


class LogInfo:
    def __init__(self, *, msg):
        self.msg = msg

    def run(self, context):
        context.told.append(self.msg)


class ExecuteProcess:
    def __init__(self, *, cmd, output='log'):
        self.cmd = cmd

    def run(self, context):
        context.commands.append([text(word, context) for word in self.cmd])


class OnShutdown:
    def __init__(self, *, on_shutdown):
        self.on_shutdown = on_shutdown


class RegisterEventHandler:
    def __init__(self, handler):
        self.handler = handler

    def run(self, context):
        context.handlers.append(self.handler)


NODE_WORDS = {
    'package', 'executable', 'name', 'namespace', 'parameters', 'remappings', 'ros_arguments',
    'arguments', 'output', 'respawn', 'respawn_delay', 'sigkill_timeout',
}  # fmt: skip


class Node:
    def __init__(self, **words):
        assert set(words) <= NODE_WORDS, set(words) - NODE_WORDS
        self.words = words

    def run(self, context):
        context.nodes.append(self.words)


MODULES = {
    'launch': [LaunchDescription],
    'launch.actions': [
        AppendEnvironmentVariable, DeclareLaunchArgument, ExecuteProcess, GroupAction,
        IncludeLaunchDescription, LogInfo, OpaqueFunction, RegisterEventHandler,
        SetEnvironmentVariable, SetLaunchConfiguration,
    ],
    'launch.conditions': [IfCondition],
    'launch.event_handlers': [OnShutdown],
    'launch.launch_description_sources': [PythonLaunchDescriptionSource],
    'launch.substitutions': [EqualsSubstitution, LaunchConfiguration, PathJoinSubstitution],
    'launch_ros': [],
    'launch_ros.actions': [Node],
}  # fmt: skip


def load(path: str) -> LaunchDescription:
    """Give the description that a launch file makes."""
    spec = importlib.util.spec_from_file_location('launch_file', path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.generate_launch_description()


def play(path: str, monkeypatch, installed: bool = True, **arguments: str) -> Context:
    """Carry a launch file out; ``installed`` says whether optional ROS packages are there."""
    for name, members in MODULES.items():
        module = types.ModuleType(name)
        for member in members:
            setattr(module, member.__name__, member)
        monkeypatch.setitem(sys.modules, name, module)
    packages = types.ModuleType('ament_index_python.packages')
    packages.PackageNotFoundError = KeyError

    def find(package: str) -> str:
        if installed:
            return f'/opt/ros/share/{package}'
        raise KeyError(package)

    packages.get_package_prefix = packages.get_package_share_directory = find
    monkeypatch.setitem(sys.modules, 'ament_index_python.packages', packages)
    context = Context(dict(arguments))
    load(path).run(context)
    unknown = set(arguments) - set(context.declared)
    assert not unknown, f'{path} does not declare {unknown}'
    return context
