"""The cell configuration: what it says, and what it must refuse with the key and the mend."""

from __future__ import annotations

import copy

import pytest
import yaml

from factory_perception.cell.config import CELL_FILE, load_config
from factory_perception.cell.reader import CellConfigError
from factory_perception.resources import share_folder


@pytest.fixture(scope='module')
def content():
    return yaml.safe_load((share_folder() / CELL_FILE).read_text())


def test_the_shipped_cell(config):
    assert (config.belt.length_m, config.belt.width_m, config.belt.top_z_m) == (3.0, 0.5, 0.7)
    assert config.belt.speed_m_s == 0.15
    assert config.camera.name == 'cell_camera'
    assert config.camera.optical_frame == 'cell_camera_optical_frame'
    assert (config.camera.size_wh, config.camera.rate_hz) == ((640, 480), 15.0)
    assert config.arm.joint_names == tuple(f'joint_{n}' for n in range(1, 7))
    assert config.arm.rate_hz == 250.0
    assert 0.25 <= config.parts.defect_share <= 0.35
    assert config.parts.of('gear') is config.parts.gear


def test_numbers_may_be_written_without_a_point(content, tmp_path):
    whole = copy.deepcopy(content)
    whole['belt']['width_m'] = 1
    path = tmp_path / 'cell.yaml'
    path.write_text(yaml.safe_dump(whole))
    assert load_config(path).belt.width_m == 1.0
    assert isinstance(load_config(path).belt.width_m, float)


@pytest.mark.parametrize(
    'place, value, text',
    [
        (('belt', 'widht_m'), 0.5, r'belt\.widht_m is no known key: did you mean width_m\?'),
        (('belt', 'qqq'), 0.5, r'belt\.qqq is no known key: take it out; known are length_m'),
        (('belt', 'width_m'), None, r'belt\.width_m is empty: write a number from 0\.05 to 10'),
        (('belt', 'width_m'), 'wide', r"belt\.width_m is str 'wide': write a number"),
        (('belt', 'width_m'), True, r'belt\.width_m is bool True: write a number'),
        (('belt', 'width_m'), -1, r'belt\.width_m is -1: write a number from 0\.05 to 10'),
        (('belt', 'width_m'), float('nan'), r'belt\.width_m is nan: write a number'),
        (('belt', 'speed_m_s'), 0.9, r'speed_m_s 0\.9 is above max_speed_m_s 0\.5: lower'),
        (('camera', 'size_wh'), [640], r'camera\.size_wh has 1 values: write 2'),
        (
            ('camera', 'size_wh'),
            [640.5, 480],
            r'size_wh\[0\] is float 640\.5',
        ),
        (('camera', 'rpy_rad'), 'down', r'camera\.rpy_rad is str .*: write a list'),
        (('parts', 'gear'), 3, r'parts\.gear is int 3: write it as a block'),
        (('parts', 'gear', 'height_mm'), [9, 3], r'height_mm is \[9, 3\]: put the smaller first'),
        (('belt', 'width_m'), 0.3, r'parts\.lane_m 0\.16 lets parts of 0\.138 m stick out'),
        (('camera', 'xyz_m'), [0, 0, 0.7], r'camera at z 0\.7 m, .* put the camera above it'),
        (('camera', 'xyz_m'), [0, 0, float('inf')], r'xyz_m\[2\] is inf: write a number'),
        (('arm', 'effort_unit'), 'kNm', r"effort_unit is 'kNm': write Nm or A"),
        (('arm', 'joints'), [], r'0 joints need 1 links and 0 drives'),
        (('arm', 'joints', 1, 'axis'), [0, 2, 0], r'joints\[1\]: axis of joint_2 is not of length'),
        (('arm', 'joints', 0, 'lower_rad'), 3.0, r'lower_rad of joint_1 is not below'),
    ],
)
def test_refuses_with_the_key_and_the_mend(content, tmp_path, place, value, text):
    broken = copy.deepcopy(content)
    block = broken
    for key in place[:-1]:
        block = block[key]
    block[place[-1]] = value
    path = tmp_path / 'mine.yaml'
    path.write_text(yaml.safe_dump(broken))
    with pytest.raises(CellConfigError, match=text) as caught:
        load_config(path)
    assert str(caught.value).startswith('mine.yaml')


def test_some_part_must_come(content, tmp_path):
    broken = copy.deepcopy(content)
    for kind in ('flange', 'gear', 'bracket'):
        broken['parts'][kind]['share'] = 0
    path = tmp_path / 'mine.yaml'
    path.write_text(yaml.safe_dump(broken))
    with pytest.raises(CellConfigError, match='no part class has a share above 0'):
        load_config(path)


@pytest.mark.parametrize('key', ['belt', 'camera', 'arm', 'cycle'])
def test_names_what_is_missing(content, tmp_path, key):
    broken = {name: block for name, block in content.items() if name != key}
    path = tmp_path / 'mine.yaml'
    path.write_text(yaml.safe_dump(broken))
    with pytest.raises(CellConfigError, match=rf'mine\.yaml\.{key} is missing: add it, a block'):
        load_config(path)


@pytest.mark.parametrize(
    'text, message',
    [
        ('a: [1', 'is not valid YAML'),
        ('- 1', 'write it as a block'),
        ('', 'is empty: write it as a block'),
    ],
)
def test_refuses_what_is_no_configuration(tmp_path, text, message):
    path = tmp_path / 'mine.yaml'
    path.write_text(text)
    with pytest.raises(CellConfigError, match=message):
        load_config(path)


def test_refuses_what_is_not_there(tmp_path):
    with pytest.raises(CellConfigError, match='cannot be read'):
        load_config(tmp_path / 'nothing.yaml')
