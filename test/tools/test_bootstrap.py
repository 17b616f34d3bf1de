"""The environment maker: what it refuses, when it has nothing to do, what it would do."""

from __future__ import annotations

import json

import pytest

from tools import bootstrap


@pytest.mark.parametrize('version', [(3, 9), (3, 13), (2, 7)])
def test_other_pythons_are_refused_with_the_mend(version):
    with pytest.raises(bootstrap.SetupError, match=r'it needs Python 3\.10 to 3\.12.*PYTHON='):
        bootstrap.check_python(version)


def test_a_missing_compiler_is_named(monkeypatch):
    monkeypatch.setenv('CXX', 'no-such-compiler')
    with pytest.raises(bootstrap.SetupError, match=r'is missing; it builds.*apt install'):
        bootstrap.check_compiler()


def test_fingerprint_follows_pins_profile_and_distribution(tmp_path, monkeypatch):
    pins = tmp_path / 'pins'
    pins.mkdir()
    (pins / 'runtime.txt').write_text('numpy==1\n')
    monkeypatch.setattr(bootstrap, 'PINS', pins)
    first = bootstrap.fingerprint('demo', None)
    assert first == bootstrap.fingerprint('demo', None)
    assert first != bootstrap.fingerprint('test', None)
    assert first != bootstrap.fingerprint('demo', 'jazzy')
    (pins / 'runtime.txt').write_text('numpy==2\n')
    assert first != bootstrap.fingerprint('demo', None)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Pretend that an environment was made; give the function that says for what."""
    monkeypatch.setattr(bootstrap, 'STAMP', tmp_path / 'stamp.json')
    monkeypatch.delenv('ROS_DISTRO', raising=False)
    monkeypatch.delenv('AMENT_PREFIX_PATH', raising=False)

    def nothing_may_run(*_):
        raise AssertionError('set-up began')

    monkeypatch.setattr(bootstrap.Steps, 'run', nothing_may_run)

    def made(profile):
        text = json.dumps({profile: bootstrap.fingerprint(profile, None)})
        bootstrap.STAMP.write_text(text)

    return made


@pytest.mark.parametrize('have, want', [
    ('demo', 'demo'), ('train', 'demo'), ('test', 'demo'), ('test', 'train'), ('test', 'test'),
])  # fmt: skip
def test_an_environment_that_has_it_all_is_used(made, have, want):
    made(have)
    bootstrap.set_up(want)


@pytest.mark.parametrize('have, want', [('demo', 'test'), ('train', 'test'), ('demo', 'train')])
def test_a_poorer_one_is_made_anew(made, have, want):
    made(have)
    with pytest.raises(AssertionError, match='set-up began'):
        bootstrap.set_up(want)


def test_a_damaged_stamp_counts_as_none(made):
    bootstrap.STAMP.write_text('{"demo":')
    assert bootstrap.read_stamp() == {}


@pytest.mark.parametrize('environ, expected', [
    ({}, None),
    ({'ROS_DISTRO': 'jazzy'}, None),
    ({'ROS_DISTRO': 'jazzy', 'AMENT_PREFIX_PATH': '/opt/ros/jazzy'}, 'jazzy'),
    ({'ROS_DISTRO': 'noetic', 'AMENT_PREFIX_PATH': '/x', 'ROS_VERSION': '1'}, None),
])  # fmt: skip
def test_a_sourced_ros_is_recognised(environ, expected):
    assert bootstrap.sourced_distribution(environ) == expected


def test_with_a_sourced_ros_its_own_packages_are_used():
    steps = bootstrap.commands('demo', 'jazzy')
    text = json.dumps([command for _, command, _ in steps])
    assert '--system-site-packages' in text and 'runtime-sourced.txt' in text
    assert 'ros-wheels' not in text and 'build_msgs' not in text
    assert any('ros-jazzy-vision-msgs' in hint for _, _, hint in steps)


def test_the_demo_needs_no_torch():
    text = json.dumps([command for _, command, _ in bootstrap.commands('demo', None)])
    assert 'train.txt' not in text and 'test.txt' not in text


def test_a_failing_step_shows_what_it_said_and_the_hint(capsys):
    steps = bootstrap.Steps(1)
    with pytest.raises(
        bootstrap.SetupError, match=r'(?s)Try failed:.*no network here.*check the cable'
    ):
        steps.run('Try', ['sh', '-c', 'echo no network here; exit 1'], 'check the cable')
    assert '[1/1] Try' in capsys.readouterr().out
