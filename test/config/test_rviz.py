"""The layout of rviz: displays that exist, topics that are published, QoS that fits."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from factory_perception.cell.config import load_config
from factory_perception.wiring import FORECAST
from test.config.topics_there import BEST_EFFORT, LATCHED, published

LAYOUT = Path(__file__).resolve().parents[2] / 'config' / 'rviz' / 'factory_cell.rviz'
#: Class to message type and fields, from rviz_default_plugins of Jazzy to Lyrical.
DISPLAYS = {
    'Grid': None,
    'TF': None,
    'RobotModel': 'std_msgs/msg/String',
    'MarkerArray': 'visualization_msgs/msg/MarkerArray',
    'Image': 'sensor_msgs/msg/Image',
    'Camera': 'sensor_msgs/msg/Image',
}
TOOLS = {'Interact', 'MoveCamera', 'Select', 'FocusCamera', 'Measure'}
QOS = {
    'Durability Policy': {'Volatile', 'Transient Local', 'System Default'},
    'History Policy': {'Keep Last', 'Keep All', 'System Default'},
    'Reliability Policy': {'Reliable', 'Best Effort', 'System Default'},
}


@pytest.fixture(scope='module')
def manager():
    return yaml.safe_load(LAYOUT.read_text())['Visualization Manager']


def kind(item):
    library, name = item['Class'].split('/')
    assert library == 'rviz_default_plugins'
    return name


def topic(display):
    return display.get('Topic') or display.get('Description Topic')


def test_displays_tools_and_view_exist(manager):
    assert {kind(display) for display in manager['Displays']} <= set(DISPLAYS)
    assert {kind(tool) for tool in manager['Tools']} <= TOOLS
    assert kind(manager['Views']['Current']) == 'Orbit'
    names = [display['Name'] for display in manager['Displays']]
    assert len(set(names)) == len(names)
    assert all(display['Enabled'] == display['Value'] for display in manager['Displays'])


def test_topics_are_published_with_the_type_of_the_display(manager):
    there = published()
    for display in manager['Displays']:
        wanted = DISPLAYS[kind(display)]
        assert bool(wanted) == bool(topic(display)), display['Name']
        if wanted:
            assert there[topic(display)['Value']] == wanted, display['Name']


def test_qos_fits_the_publishers(manager):
    for display in filter(topic, manager['Displays']):
        asked = topic(display)
        assert set(asked) == {*QOS, 'Depth', 'Value'}
        assert all(asked[key] in allowed for key, allowed in QOS.items())
        if asked['Value'] in BEST_EFFORT:
            assert asked['Reliability Policy'] == 'Best Effort'
        latched = asked['Durability Policy'] == 'Transient Local'
        assert latched == (asked['Value'] in LATCHED)


def test_frames_are_those_of_the_cell(manager):
    assert manager['Global Options']['Fixed Frame'] == load_config().world_frame
    prefixes = {d['TF Prefix'] for d in manager['Displays'] if kind(d) == 'RobotModel'}
    assert prefixes == {'', FORECAST}


def test_everything_that_was_promised_is_shown(manager):
    shown = {topic(d)['Value'] for d in manager['Displays'] if d['Enabled'] and topic(d)}
    assert shown >= {
        '/robot_description', f'/{FORECAST}/robot_description', '/detector/markers',
        '/arm_view/markers', '/motion_predictor/markers', '/detector/overlay',
    }  # fmt: skip
