"""From launch arguments to parameters and remappings."""

from __future__ import annotations

import pytest

from factory_perception.deployment import CELL, DEMO, NodeSpec
from factory_perception.wiring import (
    camera_topics,
    info_topic,
    perception,
    root_link,
    spec_of,
    typed,
    wired,
    WiringError,
)

WATCHER = NodeSpec(
    'watcher', {'model': 'parts'}, {'image': '/cell/image_raw', 'camera_info': '/cell/camera_info'}
)
LISTENER = NodeSpec('listener')


def test_everything_but_the_cell_watches():
    assert CELL not in perception()
    assert (CELL, *perception()) == DEMO


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', {}),
        ('/camera/color/image_raw', {'': '/camera/color/image_raw'}),
        ('left=/l/image_raw, right=r/image_raw', {'left': '/l/image_raw', 'right': 'r/image_raw'}),
        ('only=/a', {'only': '/a'}),
    ],
)
def test_cameras_are_a_topic_or_pairs(text, expected):
    assert camera_topics(text) == expected


@pytest.mark.parametrize(
    ('text', 'complaint'),
    [
        ('/a,/b', '"/a" is no name=topic pair'),
        ('left=', '"left=" is no name=topic pair'),
        ('=/a', '"=/a" is no name=topic pair'),
        ('left=/a,left=/b', '"left" stands there twice'),
    ],
)
def test_unclear_cameras_are_refused(text, complaint):
    with pytest.raises(WiringError, match=complaint):
        camera_topics(text)


@pytest.mark.parametrize(
    ('image', 'info'),
    [
        ('/camera/color/image_raw', '/camera/color/camera_info'),
        ('camera/image', 'camera/camera_info'),
        ('/image', '/camera_info'),
        ('image_raw', 'camera_info'),
    ],
)
def test_calibration_lies_beside_the_pictures(image, info):
    assert info_topic(image) == info


def test_without_wishes_a_node_stays_as_it_is():
    assert wired(WATCHER, {}, 'joint_states') == WATCHER


def test_one_camera_is_a_remapping():
    spec = wired(WATCHER, {'': '/usb/image_raw'}, 'joint_states')
    assert spec.remappings == {'image': '/usb/image_raw', 'camera_info': '/usb/camera_info'}
    assert spec.parameters == {'model': 'parts'}


def test_several_cameras_are_remappings_and_names():
    spec = wired(WATCHER, {'left': '/l/raw', 'right': '/r/raw'}, 'joint_states', 'people@3')
    assert spec.remappings == {
        'left/image': '/l/raw', 'left/camera_info': '/l/camera_info',
        'right/image': '/r/raw', 'right/camera_info': '/r/camera_info',
    }  # fmt: skip
    assert spec.parameters == {'model': 'people@3', 'cameras': ['left', 'right']}


def test_a_node_without_pictures_follows_the_joints_alone():
    spec = wired(LISTENER, {'': '/usb/image_raw'}, '/ur5/joint_states')
    assert spec.remappings == {'joint_states': '/ur5/joint_states'}
    assert spec.parameters == {}


def test_what_the_controller_wants_is_a_topic_of_its_own():
    follower = NodeSpec('follower', {}, {'joint_reference': 'cell/joint_reference'})
    assert wired(follower, {}, 'joint_states') == follower
    spec = wired(follower, {}, 'joint_states', joint_reference='/ur5/wanted')
    assert spec.remappings == {'joint_reference': '/ur5/wanted'}


def test_a_node_that_the_demonstration_lacks_has_no_wiring():
    assert spec_of('detector') in DEMO
    assert spec_of('trainer') == NodeSpec('trainer')


@pytest.mark.parametrize(
    ('text', 'default', 'expected'),
    [
        ('2024', '', '2024'), ('2024', 0, 2024), ('12', 0.5, 12.0), ('true', False, True),
        ('[a, b]', [''], ['a', 'b']), ('[0, 0, 1, 0.8]', [0.0], [0, 0, 1, 0.8]),
    ],
)  # fmt: skip
def test_texts_become_the_type_of_the_parameter(text, default, expected):
    value = typed('name', text, default)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ('text', 'default'), [('many', 1), ('1.5', 1), ('1', True), ('a, b', ['']), ('{', 1)]
)
def test_texts_of_another_type_are_refused(text, default):
    with pytest.raises(WiringError, match='period: '):
        typed('period', text, default)


def test_the_root_of_a_robot_is_the_link_that_hangs_on_no_other():
    joint = '<joint name="j"><parent link="base"/><child link="arm"/></joint>'
    assert root_link(f'<robot><link name="arm"/><link name="base"/>{joint}</robot>') == 'base'
    for text, complaint in (
        ('<robot><link name="a"/><link name="b"/></robot>', 'roots a, b'),
        ('<robot/>', 'roots none'),
        ('# no XML', 'no URDF'),
    ):
        with pytest.raises(WiringError, match=complaint):
            root_link(text)
