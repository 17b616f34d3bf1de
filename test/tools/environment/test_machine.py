"""Which machines are refused, with the mend, and whether ROS 2 is sourced."""

from __future__ import annotations

from environment.machine import check_compiler, check_python, SetupError, sourced_distribution
import pytest


@pytest.mark.parametrize('version', [(3, 9), (3, 13), (2, 7)])
def test_other_pythons_are_refused_with_the_mend(version):
    with pytest.raises(SetupError, match=r'it needs Python 3\.10 to 3\.12.*PYTHON='):
        check_python(version)


def test_a_missing_compiler_is_named(monkeypatch):
    monkeypatch.setenv('CXX', 'no-such-compiler')
    with pytest.raises(SetupError, match=r'is missing; it builds.*apt install'):
        check_compiler()


@pytest.mark.parametrize('environ, expected', [
    ({}, None),
    ({'ROS_DISTRO': 'jazzy'}, None),
    ({'ROS_DISTRO': 'jazzy', 'AMENT_PREFIX_PATH': '/opt/ros/jazzy'}, 'jazzy'),
    ({'ROS_DISTRO': 'noetic', 'AMENT_PREFIX_PATH': '/x', 'ROS_VERSION': '1'}, None),
])  # fmt: skip
def test_a_sourced_ros_is_recognised(environ, expected):
    assert sourced_distribution(environ) == expected
