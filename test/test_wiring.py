"""From launch arguments to parameters and remappings."""

from __future__ import annotations

import pytest

from factory_perception.deployment import CELL, DEMO, NodeSpec
from factory_perception.wiring import camera_topics, info_topic, perception, wired, WiringError

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
