"""``factory_perception cell-files``: Gazebo world, robot description and bridge of a cell."""

from __future__ import annotations

import argparse
from pathlib import Path

from factory_perception.cli.errors import CommandError


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``cell-files``."""
    parser = subparsers.add_parser(
        'cell-files',
        help='make the Gazebo world, robot description and bridge from a cell.yaml',
        description=__doc__,
    )
    parser.add_argument(
        '--config', type=Path, metavar='FILE', help='a cell.yaml; the shipped one when absent'
    )
    parser.add_argument(
        'folder',
        type=Path,
        help='receives worlds/, urdf/ and config/; give it to launch as cell_folder',
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from factory_perception.cell.config import load_config  # OpenCV only where it is used
    from factory_perception.cell.gazebo.files import cell_files, write_files
    from factory_perception.cell.reader import CellConfigError

    try:
        config = load_config(options.config)
    except CellConfigError as error:
        raise CommandError(str(error)) from error
    files = cell_files(config)
    write_files(files, options.folder)
    print(f'{len(files)} files in {options.folder}')
    return 0
