"""Write ``config/security/<node>.xml``: what each node may say and hear under SROS 2, no more.

Run it after a node has got another topic; a test compares::

    python -m factory_perception.nodes.security_policy config/security
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
import sys

from factory_perception.cell.gazebo.xml import document, element, Node
from factory_perception.files import write_atomic
from factory_perception.nodes.topics import CLIENT, EVERYWHERE, IN, OUT, SERVICE, Topic, TOPICS
from factory_perception.wiring import ENCLAVES, spec_of

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


def policy_text(node: str, topics: Iterable[Topic], remappings: Mapping[str, str]) -> bytes:
    """Give the policy of one node in the root namespace.

    Args:
        node: its name.
        topics: what it opens, beside what every node opens.
        remappings: from names in the code to names on the wire.
    """
    names: dict[str, set[str]] = {role: set() for role in _RULES}
    for topic in (*topics, *EVERYWHERE, *_OF_ROS):
        names[topic.role].add(_resolved(remappings.get(topic.name, topic.name), node))
    rules = [_rule(role, sorted(found)) for role, found in names.items() if found]
    profile = element('profile', *rules, ns='/', node=node)
    enclave = element('enclave', element('profiles', profile), path=f'{ENCLAVES}/{node}')
    policy = element('policy', element('enclaves', enclave), version='0.2.0')
    return document(policy, 'Made from the table of topics in the code.')


def _rule(role: str, names: list[str]) -> Node:
    tag, attribute = _RULES[role]
    return element(f'{tag}s', *(element(tag, name) for name in names), **{attribute: 'ALLOW'})


def _resolved(name: str, node: str) -> str:
    name = name.replace('~', f'/{node}', 1)
    return name if name.startswith('/') else f'/{name}'


def main(arguments: list[str] | None = None) -> int:
    """Write one file a node into the given folder."""
    (folder,) = (Path(word) for word in (sys.argv[1:] if arguments is None else arguments))
    folder.mkdir(parents=True, exist_ok=True)
    for node, topics in TOPICS.items():
        text = policy_text(node, topics, spec_of(node).remappings)
        write_atomic(folder / f'{node}.xml', text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
