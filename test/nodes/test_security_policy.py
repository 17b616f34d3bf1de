"""The policies of SROS 2: as made, as little as possible, in the shape that sros2 reads."""

from __future__ import annotations

from pathlib import Path
import re
from xml.etree import ElementTree

import pytest

from factory_perception.nodes.security_policy import main, policy_text
from factory_perception.nodes.topics import IN, OUT, Topic, TOPICS
from factory_perception.wiring import spec_of

FOLDER = Path(__file__).resolve().parents[2] / 'config' / 'security'
#: Element to its item and the attributes that it may have, from sros2's policy.xsd 0.2.0.
SHAPE = {
    'topics': ('topic', {'publish', 'subscribe'}),
    'services': ('service', {'reply', 'request'}),
}


def allowed(text, attribute):
    tree = ElementTree.fromstring(text)
    return {item.text for rule in tree.iter() if rule.get(attribute) == 'ALLOW' for item in rule}


@pytest.mark.parametrize('node', sorted(TOPICS))
def test_the_file_of_a_node_is_that_of_its_topics(node):
    made = policy_text(node, TOPICS[node], spec_of(node).remappings)
    assert (FOLDER / f'{node}.xml').read_bytes() == made, (
        'run: python -m factory_perception.nodes.security_policy config/security'
    )


def test_there_is_no_file_without_a_node():
    assert {path.stem for path in FOLDER.glob('*.xml')} == set(TOPICS)


@pytest.mark.parametrize('path', sorted(FOLDER.glob('*.xml')), ids=lambda path: path.stem)
def test_sros2_can_read_it(path):
    policy = ElementTree.parse(path).getroot()
    assert policy.attrib == {'version': '0.2.0'}
    (enclave,) = policy.findall('enclaves/enclave')
    assert enclave.get('path') == f'/factory_perception/{path.stem}'
    (profile,) = enclave.findall('profiles/profile')
    assert profile.attrib == {'ns': '/', 'node': path.stem}
    for rule in profile:
        tag, attributes = SHAPE[rule.tag]
        assert set(rule.attrib) <= attributes
        assert set(rule.attrib.values()) == {'ALLOW'}
        assert len(rule)
        for item in rule:
            assert item.tag == tag
            assert re.fullmatch(r'(/[A-Za-z_]\w*)+', item.text), 'no wildcards'


def test_a_node_may_do_what_it_does_and_no_more():
    topics = (Topic(IN, 'image', '', ''), Topic(OUT, '~/answer', '', ''))
    text = policy_text('asker', topics, {'image': 'camera/image_raw'})
    assert allowed(text, 'subscribe') == {'/camera/image_raw', '/clock', '/parameter_events'}
    assert allowed(text, 'publish') == {
        '/asker/answer', '/asker/transition_event', '/diagnostics', '/parameter_events', '/rosout',
    }  # fmt: skip
    assert all(name.startswith('/asker/') for name in allowed(text, 'reply'))
    assert allowed(text, 'request') == set()


def test_only_the_cell_and_tools_speak_as_a_robot():
    speakers = {
        path.stem
        for path in FOLDER.glob('*.xml')
        if '/joint_states' in allowed(path.read_text(), 'publish')
    }
    assert speakers <= {'cell', 'joint_state_fuser', 'replay'}


def test_main_writes_one_file_a_node(tmp_path):
    assert main([str(tmp_path / 'new')]) == 0
    assert {path.stem for path in (tmp_path / 'new').iterdir()} == set(TOPICS)
