"""The world file: what validators say, and what Gazebo's systems need."""

from __future__ import annotations

from pathlib import Path
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

from factory_perception.cell.gazebo.controller import controller_of
from factory_perception.cell.gazebo.topics import IMAGE, JOINT_STATE
from factory_perception.cell.gazebo.world import SDF_VERSION, world_sdf
from test.cell.gazebo.sdf_walker import fits, Walker

FORMAT = Path('/usr/share/sdformat12') / SDF_VERSION
#: Known to Gazebo's sensors of Harmonic to Jetty, but not to the format.
EXTRA = frozenset({'gz_frame_id'})
#: Systems by file name, with the same names from Harmonic to Jetty.
SYSTEMS = {
    'apply-joint-force': 'ApplyJointForce', 'joint-state-publisher': 'JointStatePublisher',
    'joint-trajectory-controller': 'JointTrajectoryController', 'label': 'Label',
    'physics': 'Physics', 'scene-broadcaster': 'SceneBroadcaster', 'sensors': 'Sensors',
    'track-controller': 'TrackController', 'user-commands': 'UserCommands',
}  # fmt: skip

needs_format = pytest.mark.skipif(
    not FORMAT.is_dir(), reason=f'{FORMAT} is not there: apt install sdformat-sdf'
)


@pytest.fixture(scope='module')
def content(config, stock):
    return world_sdf(config, stock)


@pytest.fixture(scope='module')
def world(content):
    return ElementTree.fromstring(content).find('world')


@pytest.mark.skipif(not shutil.which('ign'), reason='ign is not there: apt install ignition-tools')
def test_sdformat_calls_it_valid(content, tmp_path):
    path = tmp_path / 'world.sdf'
    path.write_bytes(content)
    result = subprocess.run(
        ['ign', 'sdf', '-k', str(path)], capture_output=True, text=True, check=False
    )
    assert result.stdout.strip() == 'Valid.', result.stderr
    assert 'Error' not in result.stderr
    assert 'Warning' not in result.stderr


@needs_format
def test_every_element_is_known(content):
    assert Walker(FORMAT, EXTRA).errors(ElementTree.fromstring(content)) == []


@needs_format
@pytest.mark.parametrize(
    ('good', 'bad', 'complaint'),
    [
        (b'<mass>', b'<massa>', 'unknown element massa'),
        (b'<width>640</width>', b'<width>wide</width>', '"wide" is no int'),
        (b'type="revolute"', b'kind="revolute"', 'unknown attribute kind'),
        (b'<static>true</static>', b'<static>yes</static>', '"yes" is no bool'),
        (b'<gravity>0 0 -9.81<', b'<gravity>-9.81<', '"-9.81" is no vector3'),
    ],
)
def test_the_walker_finds_what_is_wrong(content, good, bad, complaint):
    assert good in content
    tag, close = good.split(b'>')[0].strip(b'<'), bad.split(b'>')[0].strip(b'<')
    spoilt = content.replace(good, bad).replace(b'</' + tag + b'>', b'</' + close + b'>')
    errors = Walker(FORMAT, EXTRA).errors(ElementTree.fromstring(spoilt))
    assert any(complaint in error for error in errors), errors


@pytest.mark.parametrize(
    ('kind', 'text', 'expected'),
    [('pose', '', True), ('pose', '1 2 3', False), ('color', '1 0 0', True), ('string', '', True)],
)
def test_values_fit_their_types(kind, text, expected):
    assert fits(kind, text) is expected


def test_every_system_exists(world):
    plugins = list(world.iter('plugin'))
    assert plugins
    for plugin in plugins:
        file = plugin.get('filename').removeprefix('gz-sim-').removesuffix('-system')
        assert plugin.get('name') == f'gz::sim::systems::{SYSTEMS[file]}'


def test_added_torque_comes_after_the_controller_that_overwrites_it(world, config):
    files = [plugin.get('filename') for plugin in world.find(_model('cell_arm')).iter('plugin')]
    controller = files.index('gz-sim-joint-trajectory-controller-system')
    assert files.count('gz-sim-apply-joint-force-system') == len(config.arm.joints)
    assert files.index('gz-sim-apply-joint-force-system') > controller


def test_the_worlds_gains_are_those_that_the_driver_reckons_with(world, config):
    plugin = world.find(
        _model('cell_arm') + "/plugin[@name='gz::sim::systems::JointTrajectoryController']"
    )
    controller = controller_of(config.arm)
    gains = {tag: [float(node.text) for node in plugin.iter(tag)]
             for tag in ('position_p_gain', 'velocity_p_gain', 'position_cmd_max')}  # fmt: skip
    assert [node.text for node in plugin.iter('joint_name')] == list(controller.names)
    np.testing.assert_allclose(gains['position_p_gain'], controller.kp)
    np.testing.assert_allclose(gains['velocity_p_gain'], controller.kd)
    np.testing.assert_allclose(gains['position_cmd_max'], controller.limit)


def test_both_cameras_see_the_same(world, config):
    sensors = world.findall(_model(config.camera.name) + '/link/sensor')
    assert [sensor.get('type') for sensor in sensors] == ['camera', 'boundingbox_camera']
    for path in ('camera/horizontal_fov', 'camera/image/width', 'camera/image/height',
                 'camera/clip/near', 'update_rate', 'gz_frame_id'):  # fmt: skip
        first, second = (sensor.findtext(path) for sensor in sensors)
        assert first == second is not None
    assert sensors[0].findtext('topic') == IMAGE
    assert sensors[0].findtext('gz_frame_id') == config.camera.optical_frame
    assert world.find(_model('cell_arm')).find('plugin').findtext('topic') == JOINT_STATE


def test_every_part_has_a_label_of_its_own(world, stock):
    labels = [
        int(plugin.findtext('label'))
        for plugin in world.iter('plugin')
        if plugin.get('filename') == 'gz-sim-label-system'
    ]
    assert labels == [part.label for part in stock]
    assert len(set(labels)) == len(labels)
    assert set(labels) <= set(range(1, 255))  # Gazebo's range; 255 is the background


def test_inertias_are_possible(world):
    for inertia in world.iter('inertia'):
        values = {name: float(inertia.findtext(name) or 0) for name in
                  ('ixx', 'ixy', 'ixz', 'iyy', 'iyz', 'izz')}  # fmt: skip
        matrix = np.array([[values['ixx'], values['ixy'], values['ixz']],
                           [values['ixy'], values['iyy'], values['iyz']],
                           [values['ixz'], values['iyz'], values['izz']]])  # fmt: skip
        moments = np.linalg.eigvalsh(matrix)
        assert moments[0] > 0
        assert moments[2] <= moments[0] + moments[1] + 1e-9  # the triangle inequality


def _model(name: str) -> str:
    return f"model[@name='{name}']"
