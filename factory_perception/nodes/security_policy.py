"""Write ``<node>.xml``: what each node may say and hear under SROS 2, no more.

The shipped ones are made with the first line after a node has got another topic (a test compares);
the others make those of your own robots, with the words that the launch files are given::

    python3 -m factory_perception.nodes.security_policy config/security
    python3 -m factory_perception.nodes.security_policy policies --cameras /camera/image_raw
    python3 -m factory_perception.nodes.security_policy policies --robots left,right
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
import sys

from factory_perception.cell.gazebo.xml import document, element, Node
from factory_perception.deployment import NodeSpec
from factory_perception.files import write_atomic
from factory_perception.nodes.topics import CLIENT, EVERYWHERE, IN, OUT, SERVICE, Topic, TOPICS
from factory_perception.wiring import (
    camera_topics,
    enclave,
    full_name,
    health_remapping,
    IMAGE,
    JOINTS,
    REFERENCE,
    ROBOT_CAMERA,
    robot_names,
    spec_of,
    wired,
    WiringError,
)

#: What ROS itself opens for a managed node.
_OF_ROS = (
    *(Topic(OUT, name, '', '') for name in ('/rosout', '/parameter_events', '~/transition_event')),
    *(Topic(IN, name, '', '') for name in ('/clock', '/parameter_events')),
    *(
        Topic(SERVICE, f'~/{name}', '', '')
        for name in (
            'change_state', 'get_state', 'get_available_states', 'get_available_transitions',
            'get_transition_graph', 'describe_parameters', 'get_parameter_types',
            'get_parameters', 'list_parameters', 'set_parameters', 'set_parameters_atomically',
            'get_type_description',
        )
    ),
)  # fmt: skip
#: Role to element and attribute of the policy format.
_RULES = {
    OUT: ('topic', 'publish'),
    IN: ('topic', 'subscribe'),
    SERVICE: ('service', 'reply'),
    CLIENT: ('service', 'request'),
}


#: Ends of the names of topics that are there once a camera, where cameras have names.
_OF_CAMERA = (IMAGE, 'camera_info', 'detections', 'overlay', 'markers')


def policy_text(
    node: str, topics: Iterable[Topic], remappings: Mapping[str, str], namespace: str = ''
) -> bytes:
    """Give the policy of one node.

    Args:
        node: its name.
        topics: what it opens, beside what every node opens.
        remappings: from names in the code to names on the wire.
        namespace: of the robot; '' is the root.
    """
    remappings = {**remappings, **health_remapping(namespace)}
    names: dict[str, set[str]] = {role: set() for role in _RULES}
    for topic in (*topics, *EVERYWHERE, *_OF_ROS):
        name = remappings.get(topic.name, topic.name)
        names[topic.role].add(full_name(name.replace('~', node, 1), namespace))
    rules = [_rule(role, sorted(found)) for role, found in names.items() if found]
    profile = element('profile', *rules, ns=f'/{namespace.strip("/")}', node=node)
    place = element('enclave', element('profiles', profile), path=enclave(node, namespace))
    policy = element('policy', element('enclaves', place), version='0.2.0')
    return document(policy, 'Made from the table of topics in the code.')


def node_policy(
    node: str,
    cameras: Mapping[str, str],
    joint_states: str,
    namespace: str = '',
    joint_reference: str = '',
) -> bytes:
    """Give the policy of one node of this package, wired as the launch files wire it.

    Args:
        node: its name.
        cameras: what ``camera_topics`` gave.
        joint_states: topic of the joints.
        namespace: of the robot; '' is the root.
        joint_reference: topic of what the controller wants; '' is the cell's.
    """
    spec = spec_of(node)
    topics = _each_camera(TOPICS[node], spec, [name for name in cameras if name])
    wiring = wired(spec, cameras, joint_states, joint_reference=joint_reference)
    return policy_text(node, topics, wiring.remappings, namespace)


def _each_camera(
    topics: Iterable[Topic], spec: NodeSpec, cameras: Collection[str]
) -> Iterable[Topic]:
    """Give the topics of every camera that has a name: those of the table stand for each."""
    for topic in topics:
        folder, _, last = topic.name.rpartition('/')
        if cameras and last in _OF_CAMERA and IMAGE in spec.remappings:
            for camera in cameras:
                yield replace(topic, name='/'.join(filter(None, (folder, camera, last))))
        else:
            yield topic


def _rule(role: str, names: list[str]) -> Node:
    tag, attribute = _RULES[role]
    return element(f'{tag}s', *(element(tag, name) for name in names), **{attribute: 'ALLOW'})


def main(arguments: list[str] | None = None) -> int:
    """Write one file a node into a folder, or into one folder a robot."""
    parser = argparse.ArgumentParser(
        prog='python3 -m factory_perception.nodes.security_policy',
        description='Write the SROS 2 policies of all nodes; words as for the launch files.',
    )
    parser.add_argument('folder', type=Path, help='receives NODE.xml, or ROBOT/NODE.xml')
    parser.add_argument('--robots', help='namespaces with commas between')
    parser.add_argument('--cameras', help='image topic, or name=topic pairs')
    parser.add_argument('--joint-states', default=JOINTS, help='topic of the joints')
    parser.add_argument('--joint-reference', help='topic of what the controller wants')
    options = parser.parse_args(arguments)
    try:
        robots = robot_names(options.robots) if options.robots is not None else ('',)
        usual = ROBOT_CAMERA if options.robots else ''
        cameras = camera_topics(usual if options.cameras is None else options.cameras)
    except WiringError as error:
        parser.error(str(error))
    reference = options.joint_reference or (REFERENCE if options.robots else '')
    for robot in robots:
        folder = options.folder / robot
        folder.mkdir(parents=True, exist_ok=True)
        for node in TOPICS:
            text = node_policy(node, cameras, options.joint_states, robot, reference)
            write_atomic(folder / f'{node}.xml', text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
