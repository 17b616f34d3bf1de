"""What this machine has: Python, a compiler, a ROS 2 that is sourced."""

from __future__ import annotations

from collections.abc import Mapping
import os
from pathlib import Path
import shutil
import sys
import sysconfig

SUPPORTED = ((3, 10), (3, 12))


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
