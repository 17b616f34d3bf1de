"""The robot description: what parsers say, and whether the tool is where the cell has it."""

from __future__ import annotations

import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

from factory_perception.cell.camera import camera_of, rotation_of
from factory_perception.cell.gazebo.arm_urdf import arm_urdf, TOOL_FRAME
from factory_perception.cell.kinematics import chain_of, tool_pose


@pytest.fixture(scope='module')
def content(config):
    return arm_urdf(config)


@pytest.fixture(scope='module')
def robot(content):
    return ElementTree.fromstring(content)


def pose_of(robot, frame, positions):
    """Follow the joints from a frame to the root; give its pose (4, 4) there."""
    joints = {joint.find('child').get('link'): joint for joint in robot.findall('joint')}
    pose = np.eye(4)
    while frame in joints:
        joint = joints[frame]
        step = np.eye(4)
        origin = joint.find('origin')
        step[:3, 3] = [float(word) for word in origin.get('xyz').split()]
        step[:3, :3] = rotation_of([float(word) for word in origin.get('rpy').split()])
        if joint.get('type') == 'revolute':
            axis = np.array([float(word) for word in joint.find('axis').get('xyz').split()])
            step[:3, :3] = step[:3, :3] @ turn_about(axis, positions[joint.get('name')])
        pose, frame = step @ pose, joint.find('parent').get('link')
    return pose, frame


def turn_about(axis, angle):
    """Give the rotation about an axis through the exponential of its cross-product matrix."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def test_the_tool_is_where_the_cell_has_it(robot, config):
    chain, names = chain_of(config.arm), config.arm.joint_names
    rng = np.random.default_rng(0)
    for q in rng.uniform(-1.5, 1.5, (20, len(names))):
        pose, root = pose_of(robot, TOOL_FRAME, dict(zip(names, q)))
        rotation, position = tool_pose(chain, q)
        assert root == config.world_frame
        np.testing.assert_allclose(pose[:3, 3], position, atol=1e-9)
        np.testing.assert_allclose(pose[:3, :3], rotation, atol=1e-9)


def test_the_camera_looks_from_where_the_cell_has_it(robot, config):
    pose, _ = pose_of(robot, config.camera.optical_frame, {})
    camera = camera_of(config.camera)
    np.testing.assert_allclose(pose[:3, 3], camera.position, atol=1e-9)
    np.testing.assert_allclose(pose[:3, :3], camera.rotation, atol=1e-9)


def test_parts_lie_on_the_belt(robot, config):
    pose, _ = pose_of(robot, 'conveyor_belt', {})
    size = robot.find("link[@name='conveyor_belt']/visual/geometry/box").get('size').split()
    assert pose[2, 3] + float(size[2]) / 2 == pytest.approx(config.belt.top_z_m)


def test_a_strict_parser_reads_it(content):
    parser = pytest.importorskip('urdf_parser_py.urdf', reason='urdf_parser_py is not installed')
    robot = parser.URDF.from_xml_string(content)
    assert robot.get_root() == 'world'
    assert [joint.name for joint in robot.joints if joint.type == 'revolute'] == [
        f'joint_{number}' for number in range(1, 7)
    ]
    with pytest.raises((TypeError, AssertionError)):
        parser.URDF.from_xml_string(content.replace(b'<mass value=', b'<mass valu='))


@pytest.mark.skipif(
    not shutil.which('check_urdf'), reason='check_urdf is not there: apt install liburdfdom-tools'
)
def test_urdfdom_finds_one_tree(content, tmp_path):
    path = tmp_path / 'arm.urdf'
    path.write_bytes(content)
    result = subprocess.run(['check_urdf', str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'root Link: world' in result.stdout
