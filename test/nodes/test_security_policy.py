"""The policies of SROS 2: as made, as little as possible, in the shape that sros2 reads."""

from __future__ import annotations

from pathlib import Path
import re
from xml.etree import ElementTree

import pytest
from rclpy.parameter import Parameter

from factory_perception.nodes.security_policy import main, node_policy, policy_text
from factory_perception.nodes.topics import IN, OUT, Topic, TOPICS
from factory_perception.wiring import camera_topics, health_remapping, spec_of, wired
from test.nodes.conftest import wait_for
from test.nodes.test_topics import node_class
from test.support import publish_blobs

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
    made = node_policy(node, {}, 'joint_states')
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


#: Cameras and joints as they are given to launch, the node, what it may do then and no more.
WIRED = [
    ('detector', 'cam/image', 'joint_states', 'subscribe',
     {'/left/cam/image', '/left/cam/camera_info'}),
    ('detector', '/usb/image', 'joint_states', 'subscribe', {'/usb/image', '/usb/camera_info'}),
    ('detector', 'a=x/image,b=y/image', 'joint_states', 'subscribe',
     {'/left/x/image', '/left/x/camera_info', '/left/y/image', '/left/y/camera_info'}),
    ('detector', 'a=x/image,b=y/image', 'joint_states', 'publish', {
        '/left/detector/label_info', '/left/diagnostics', '/left/detector/transition_event',
        *(f'/left/detector/{camera}/{what}' for camera in 'ab'
          for what in ('detections', 'overlay', 'markers'))}),
    ('motion_predictor', '', '/ur5/joint_states', 'subscribe',
     {'/ur5/joint_states', '/left/robot_description', '/left/arm/wanted'}),
    ('mqtt_bridge', 'a=x/image,b=y/image', 'joint_states', 'subscribe',
     {'/left/detector/detections', '/left/detector/label_info', '/left/fault_diagnoser/events',
      '/left/diagnostics'}),
]  # fmt: skip
_OF_ALL = {'/clock', '/parameter_events', '/rosout'}


@pytest.mark.parametrize(('node', 'cameras', 'joints', 'attribute', 'expected'), WIRED)
def test_a_robot_in_a_namespace_with_topics_of_its_own(node, cameras, joints, attribute, expected):
    text = node_policy(node, camera_topics(cameras), joints, 'left', 'arm/wanted')
    assert allowed(text, attribute) - _OF_ALL == expected
    profile = ElementTree.fromstring(text).find('.//profile')
    assert profile.attrib == {'ns': '/left', 'node': node}


@pytest.mark.parametrize('name', ['detector', 'fault_diagnoser', 'motion_predictor'])
@pytest.mark.parametrize('cameras', ['', 'front=cam0/image,back=/cam1/image'])
def test_what_a_node_opens_in_a_namespace_it_is_allowed(ros, store, name, cameras):
    publish_blobs(store)
    topics = camera_topics(cameras)
    spec = wired(spec_of(name), topics, 'arm/joints', '', False, 'joint_reference')
    values = dict(spec.parameters)
    if name == 'detector':
        values |= {'model': 'blobs', 'model_store': [str(store.roots[0])]}
    remappings = {**spec.remappings, **health_remapping('left')}
    words = [word for pair in remappings.items() for word in ('-r', ':='.join(pair))]
    node = ros.add(
        node_class(name)(
            context=ros.context, namespace='left',
            parameter_overrides=[Parameter(key, value=value) for key, value in values.items()],
            cli_args=['--ros-args', *words],
        )
    )  # fmt: skip
    wait_for(lambda: node._state_machine.current_state[1] == 'active')
    text = node_policy(name, topics, 'arm/joints', 'left', 'joint_reference')
    assert {item.topic_name for item in node.publishers} <= allowed(text, 'publish')
    assert {item.topic_name for item in node.subscriptions} <= allowed(text, 'subscribe')
    services = {node.resolve_service_name(item.srv_name) for item in node.services}
    assert services <= allowed(text, 'reply')
    assert not list(node.clients)


def test_main_writes_a_folder_a_robot_with_an_enclave_each(tmp_path):
    assert main([str(tmp_path), '--robots', 'left,line/right']) == 0
    for robot in ('left', 'line/right'):
        text = (tmp_path / robot / 'detector.xml').read_text()
        enclave = ElementTree.fromstring(text).find('.//enclave')
        assert enclave.get('path') == f'/factory_perception/{robot}/detector'
        assert f'/{robot}/camera/image_raw' in allowed(text, 'subscribe')
        text = (tmp_path / robot / 'fault_diagnoser.xml').read_text()
        assert f'/{robot}/joint_reference' in allowed(text, 'subscribe')


def test_nonsense_is_refused_before_anything_is_written(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path / 'new'), '--robots', 'left,2 right'])
    assert '"2 right" is no namespace' in capsys.readouterr().err
    assert not (tmp_path / 'new').exists()
