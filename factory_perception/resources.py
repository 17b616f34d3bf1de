"""Find the files that are installed beside the code: models, configuration, launch files."""

from __future__ import annotations

import os
from pathlib import Path
import sys

PACKAGE = 'factory_perception'


def share_folder() -> Path:
    """Give the folder that holds ``models/``, ``config/`` and ``launch/``.

    In a checkout that is the checkout, in a colcon workspace ``share/factory_perception`` of the
    install space, after ``pip install`` the same below the environment's prefix.

    Raises:
        FileNotFoundError: the package was installed without its data files.
    """
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / 'package.xml').is_file():
        return checkout
    prefixes = [
        *filter(None, os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)),
        sys.prefix,
    ]
    for prefix in prefixes:
        share = Path(prefix) / 'share' / PACKAGE
        if (share / 'package.xml').is_file():
            return share
    raise FileNotFoundError(
        f'share/{PACKAGE} is in none of {", ".join(prefixes)}: source the workspace '
        '(. install/setup.bash) or install the package again'
    )


def data_home() -> Path:
    """Give the user's own folder for models made on this machine (XDG base directory rules)."""
    return _xdg('XDG_DATA_HOME', '.local/share')


def cache_home() -> Path:
    """Give the user's own folder for things that can be made again, such as TensorRT plans."""
    return _xdg('XDG_CACHE_HOME', '.cache')


def _xdg(variable: str, default: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / default) / PACKAGE
