"""The described topics are those that the running nodes really open."""

from __future__ import annotations

from importlib import import_module
import inspect

import pytest
from rclpy.parameter import Parameter

from factory_perception.nodes.parameter_files import node_tables
from factory_perception.nodes.topics import IN, OUT, SERVICE, TOPICS
from test.nodes.conftest import wait_for
from test.support import publish_blobs

#: Opened by ROS itself for every node.
_OF_ROS = ('/rosout', '/parameter_events', 'transition_event')
_SERVICES_OF_ROS = ('parameter', 'state', 'transition', 'type_description', 'logger_level')
#: What a node needs to become active, and why some cannot be run here.
PARAMETERS = {
    'cell': {'camera': False},
    'dashboard': {'port': 0},
    'trainer': {'data': 'cell'},
    'detector': {'surface_plane': [0.0, 0.0, 1.0, 1.0]},
}
NOT_RUN = {
    'replay': 'its topics are those of the material',
    'part_feeder': 'it needs the messages of ros_gz',
}


def node_class(name: str) -> type:
    module = import_module(f'factory_perception.nodes.{name}')
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass)
             if kind.__module__ == module.__name__ and 'table' in vars(kind)]  # fmt: skip
    return kinds[0]


def type_name(kind: type) -> str:
    package, section = kind.__module__.split('.')[:2]
    return f'{package}/{section}/{kind.__name__}'


def is_of_ros(name: str) -> bool:
    return any(name.endswith(end) for end in _OF_ROS) or name == '/diagnostics'


def opened(node) -> set[tuple[str, str, str]]:
    found = {(IN, item.topic_name, type_name(item.msg_type)) for item in node.subscriptions}
    found |= {(OUT, item.topic_name, type_name(item.msg_type)) for item in node.publishers}
    found |= {(SERVICE, node.resolve_service_name(item.srv_name), type_name(item.srv_type))
              for item in node.services
              if not any(word in item.srv_name for word in _SERVICES_OF_ROS)}  # fmt: skip
    return {item for item in found if not is_of_ros(item[1])}


def described(name: str, node) -> tuple[set, set]:
    """Give what must be there, and what may be there."""
    resolved = [(topic, (topic.role, node.resolve_topic_name(topic.name), topic.type_name))
                for topic in TOPICS[name]]  # fmt: skip
    known = {item for _, item in resolved if not is_of_ros(item[1])}
    return {item for topic, item in resolved if not topic.when and item in known}, known


def test_every_node_has_its_topics_described():
    assert set(TOPICS) == set(node_tables()), (
        'describe the topics of the node in factory_perception/nodes/topics.py, then run: '
        'python tools/make_reference.py docs/reference'
    )


@pytest.mark.parametrize('name', sorted(TOPICS))
def test_described_and_opened(ros, store, name):
    if name in NOT_RUN:
        pytest.skip(NOT_RUN[name])
    parameters = dict(PARAMETERS.get(name, {}))
    if name == 'detector':
        publish_blobs(store)
        parameters |= {'model': 'blobs', 'model_store': [str(store.roots[0])]}
    overrides = [Parameter(key, value=value) for key, value in parameters.items()]
    node = ros.add(node_class(name)(context=ros.context, parameter_overrides=overrides))
    wait_for(lambda: node._state_machine.current_state[1] == 'active')
    always, known = described(name, node)
    assert always <= opened(node) <= known
