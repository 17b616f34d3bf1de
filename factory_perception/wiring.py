"""Wire the nodes of ``deployment.DEMO`` to other cameras, joints and models than the demo's own.

What the launch files ask of a person is text; here it becomes parameters and remappings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
import re
from typing import Any
from xml.etree import ElementTree  # the description is the user's own file

import yaml

from factory_perception.deployment import CELL, DEMO, NodeSpec

#: Inputs that follow the camera and the robot; a node that has none of them is left alone.
IMAGE, CAMERA_INFO, JOINTS = 'image', 'camera_info', 'joint_states'
#: What the controller wants of the joints.
REFERENCE = 'joint_reference'
#: Namespace and frame prefix of the second arm, which shows the forecast.
FORECAST = 'forecast'
_NAMESPACE = re.compile(r'[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*')
#: Image topic of each of several robots, below its namespace.
ROBOT_CAMERA = 'camera/image_raw'
#: Topics that all robots share, whatever their namespaces.
_SHARED = ('/clock', '/parameter_events', '/rosout', '/tf', '/tf_static')


class WiringError(ValueError):
    """A launch argument that cannot be understood; the text names it and the mend."""


def perception() -> tuple[NodeSpec, ...]:
    """Give the nodes that watch a cell or a robot: all but the embedded cell itself."""
    return tuple(spec for spec in DEMO if spec is not CELL)


def spec_of(executable: str) -> NodeSpec:
    """Give a node of the demonstration by its executable; any other one has no wiring."""
    return next((spec for spec in DEMO if spec.executable == executable), NodeSpec(executable))


def typed(name: str, text: str, default: object) -> Any:
    """Read the text of a launch argument as the type that the parameter's default has.

    Raises:
        WiringError: it is of another type.
    """
    if isinstance(default, str):
        return text
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        raise WiringError(f'{name}: "{text}" does not fit here: write something like {default}')
    return value


def root_link(urdf: str) -> str:
    """Give the link of a robot description that hangs on no other.

    Raises:
        WiringError: there is no such link, or there are several.
    """
    try:
        robot = ElementTree.fromstring(urdf)  # noqa: S314  (named by the user, like any program)
    except ElementTree.ParseError as error:
        raise WiringError(f'robot_description is no URDF: {error}') from error
    children = {child.get('link') for child in robot.findall('joint/child')}
    roots = [str(link.get('name')) for link in robot.findall('link')]
    roots = [name for name in roots if name not in children]
    if len(roots) != 1:
        raise WiringError(
            f'robot_description has the roots {", ".join(roots) or "none"}: it needs one'
        )
    return roots[0]


def camera_topics(text: str) -> dict[str, str]:
    """Read the argument ``cameras``: one topic, or ``name=topic`` pairs with commas between.

    A single topic has the name ''. Nothing gives an empty dictionary: keep the cell's camera.

    Raises:
        WiringError: a pair is incomplete, or a name stands there twice.
    """
    entries = [entry.strip() for entry in text.split(',') if entry.strip()]
    if len(entries) == 1 and '=' not in entries[0]:
        return {'': entries[0]}
    topics: dict[str, str] = {}
    for entry in entries:
        name, equals, topic = (part.strip() for part in entry.partition('='))
        if not (name and equals and topic):
            raise WiringError(
                f'cameras: "{entry}" is no name=topic pair: write one image topic, or '
                'left=/left/image_raw,right=/right/image_raw'
            )
        if name in topics:
            raise WiringError(f'cameras: the name "{name}" stands there twice: give it another one')
        topics[name] = topic
    return topics


def info_topic(image_topic: str) -> str:
    """Give the topic of the camera's calibration: beside the pictures, as in image_transport."""
    folder, _, _ = image_topic.rpartition('/')
    return f'{folder}/{CAMERA_INFO}' if '/' in image_topic else CAMERA_INFO


def robot_names(text: str) -> tuple[str, ...]:
    """Read the argument ``robots``: namespaces with commas between.

    Raises:
        WiringError: none, one twice, or one that cannot be a namespace.
    """
    names = tuple(name.strip() for name in text.split(',') if name.strip())
    for name in names:
        if not _NAMESPACE.fullmatch(name):
            raise WiringError(f'robots: "{name}" is no namespace: use letters, digits and _')
    if not names or len(set(names)) != len(names):
        raise WiringError(f'robots: "{text}": give each robot a name of its own')
    return names


def health_remapping(namespace: str) -> dict[str, str]:
    """Give what keeps the health of several robots apart; one robot keeps the usual topic."""
    return {'/diagnostics': 'diagnostics'} if namespace else {}


def full_name(topic: str, namespace: str) -> str:
    """Give the name on the wire: what has no leading ``/`` is below the namespace."""
    return topic if topic.startswith('/') else _path(namespace, topic)


def moved(topic: str, namespace: str) -> str:
    """Give the name that a topic of the root namespace has for a robot in a namespace."""
    return topic if topic in _SHARED else _path(namespace, topic)


def enclave(node: str, namespace: str) -> str:
    """Give the SROS 2 enclave of a node; robots have enclaves of their own."""
    return _path('factory_perception', namespace, node)


def _path(*parts: str) -> str:
    return '/'.join(['', *filter(None, (part.strip('/') for part in parts))])


def wired(
    spec: NodeSpec,
    cameras: Mapping[str, str],
    joint_states: str,
    model: str = '',
    cell_arm: bool = True,
    joint_reference: str = '',
) -> NodeSpec:
    """Give the same node on other cameras, other topics of joints, another model.

    Args:
        spec: the node as the demonstration has it.
        cameras: what ``camera_topics`` gave.
        joint_states: topic of the joints.
        model: name, name@version or folder; '' keeps the node's own.
        cell_arm: whether the robot is the arm of the cell; what is known of that one does not hold
            for another.
        joint_reference: topic of what the controller wants; '' keeps the node's own.
    """
    parameters, remappings = dict(spec.parameters), dict(spec.remappings)
    if not cell_arm:
        parameters |= dict.fromkeys(spec.of_cell_arm, '')
    if cameras and IMAGE in remappings:
        del remappings[IMAGE]
        remappings.pop(CAMERA_INFO, None)
        for name, topic in cameras.items():
            prefix = f'{name}/' if name else ''
            remappings[f'{prefix}{IMAGE}'] = topic
            remappings[f'{prefix}{CAMERA_INFO}'] = info_topic(topic)
        if list(cameras) != ['']:
            parameters['cameras'] = list(cameras)
    if joint_states != JOINTS:
        remappings[JOINTS] = joint_states
    if joint_reference:
        remappings[REFERENCE] = joint_reference
    if model:
        parameters['model'] = model
    return replace(spec, parameters=parameters, remappings=remappings)
