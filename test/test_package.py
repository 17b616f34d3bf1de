"""What build tools read: package.xml, setup.py and the files that get installed agree."""

from __future__ import annotations

import ast
import os
from pathlib import Path
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
import yaml

from factory_perception import __version__

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ElementTree.parse(ROOT / 'package.xml').getroot()
SETUP = (ROOT / 'setup.py').read_text()
#: Keys of rosdep that are no ROS packages, as its lists for Ubuntu have them.
ROSDEP_KEYS = {
    'python3-aiohttp', 'python3-jsonschema', 'python3-numpy', 'python3-onnxruntime-pip',
    'python3-opencv', 'python3-pytest', 'python3-rich', 'python3-rosbags-pip', 'python3-yaml',
}  # fmt: skip
#: ROS packages of Jazzy; one that is not here has to be looked up in its distribution file.
ROS_PACKAGES = {
    'ament_index_python', 'builtin_interfaces', 'diagnostic_msgs', 'geometry_msgs', 'launch',
    'launch_ros', 'lifecycle_msgs', 'nav_msgs', 'rcl_interfaces', 'rclpy',
    'robot_state_publisher', 'rosgraph_msgs', 'sensor_msgs', 'std_msgs', 'std_srvs', 'tf2_ros',
    'trajectory_msgs', 'vision_msgs', 'visualization_msgs',
}  # fmt: skip
#: Used where they are there, told where they are not: no dependencies.
OPTIONAL = {'ros_gz_interfaces'}


def depends():
    return {item.text for item in MANIFEST if item.tag.endswith('depend')}


def imports():
    found = set()
    for folder in ('factory_perception', 'launch'):
        for path in (ROOT / folder).rglob('*.py'):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split('.')[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    found.add((node.module or '').split('.')[0])
    return found


def test_versions_agree():
    assert MANIFEST.findtext('version') == __version__
    assert f"version='{__version__}'" in SETUP
    assert re.fullmatch(r'\d+\.\d+\.\d+', __version__)


def test_the_manifest_is_one_that_colcon_takes_for_ament_python():
    assert MANIFEST.get('format') == '3'
    assert MANIFEST.findtext('export/build_type') == 'ament_python'
    (maintainer,) = MANIFEST.findall('maintainer')
    assert re.fullmatch(r'[^@\s]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}', maintainer.get('email'))
    licence = MANIFEST.find('license')
    assert (ROOT / licence.get('file')).is_file()
    assert (ROOT / 'resource' / MANIFEST.findtext('name')).is_file()


def test_every_dependency_has_a_key_that_rosdep_knows():
    assert depends() <= ROSDEP_KEYS | ROS_PACKAGES


def test_every_ros_package_that_is_imported_is_a_dependency():
    of_ros = {
        name
        for name in imports()
        if name in ROS_PACKAGES or name.endswith(('_msgs', '_interfaces'))
    }
    assert of_ros - OPTIONAL <= depends()


@pytest.mark.parametrize('words', re.findall(r'f?\'(\w+) = \{PACKAGE\}\.([\w.]+):(\w+)\'', SETUP))
def test_every_entry_point_leads_to_a_function(words):
    _, module, function = words
    path = ROOT / 'factory_perception' / f'{module.replace(".", "/")}.py'
    names = {node.name for node in ast.parse(path.read_text()).body
             if isinstance(node, ast.FunctionDef)}  # fmt: skip
    assert function in names


def setup_arguments(**environment):
    """Give what setup.py hands to setuptools."""
    code = 'import runpy, setuptools, json; setuptools.setup = lambda **k: print(json.dumps(k)); '
    code += "runpy.run_path('setup.py')"
    clean = {name: value for name, value in os.environ.items() if name != 'COLCON'}
    made = subprocess.run(
        [sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**clean, **environment},
    )  # fmt: skip
    return yaml.safe_load(made.stdout)


def test_colcon_puts_the_command_on_the_path_too():
    script = ROOT / 'resource' / 'bin' / 'factory_perception'
    assert os.access(script, os.X_OK)
    ours = ['bin', ['resource/bin/factory_perception']]
    assert ours in setup_arguments(COLCON='1')['data_files']
    assert ours not in setup_arguments()['data_files']  # pip would have two of one name


def test_all_that_launch_needs_is_installed():
    arguments = setup_arguments()
    installed = {path for _, paths in arguments['data_files'] for path in paths}
    for folder in ('launch', 'config', 'urdf', 'worlds'):
        there = {
            str(path.relative_to(ROOT))
            for path in (ROOT / folder).rglob('*')
            if path.is_file() and '__pycache__' not in path.parts
        }
        assert there, folder
        assert there <= installed
    assert 'package.xml' in installed
    for folder, paths in arguments['data_files']:
        for path in paths:
            if folder.startswith('share/factory_perception/'):
                assert f'share/factory_perception/{Path(path).parent}' == folder


def test_ros_2_finds_the_executables():
    assert 'install_scripts=$base/lib/factory_perception' in (ROOT / 'setup.cfg').read_text()
