"""The ``factory_perception`` command: one module a subcommand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
import sys

from factory_perception import __version__
from factory_perception.cli.errors import CommandError
from factory_perception.engines.engine import EngineError
from factory_perception.model_store.manifest import ModelError

#: Each module has ``add_parser(subparsers)``, which sets ``run`` to a function of the options.
COMMANDS = (
    'acceptance',
    'bench',
    'cell-files',
    'compare',
    'dataset',
    'demo',
    'engines',
    'evaluate',
    'inject',
    'models',
    'replay',
    'train',
)


class _Parser(argparse.ArgumentParser):
    """Descriptions are docstrings; their marks of code would only be noise in a terminal."""

    def format_help(self) -> str:
        return super().format_help().replace('``', '')


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all subcommands; nothing heavy is imported for it."""
    parser = _Parser(
        prog='factory_perception',
        description='Learned vision and joint-fault diagnosis for factory robots.',
    )
    parser.add_argument('--version', action='version', version=f'%(prog)s {__version__}')
    subparsers = parser.add_subparsers(title='commands', metavar='COMMAND', required=True)
    for name in COMMANDS:
        import_module(f'factory_perception.cli.{name.replace("-", "_")}').add_parser(subparsers)
    return parser


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line; what stands behind ``--`` is for ROS, where a command takes that."""
    words = list(arguments)
    end = words.index('--') if '--' in words else len(words)
    parser = build_parser()
    options = parser.parse_args(words[:end])
    if words[end:] and not hasattr(options, 'ros_arguments'):
        parser.error(f'this command takes nothing behind --: {" ".join(words[end:])}')
    options.ros_arguments = words[end + 1 :]
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; an expected failure is one sentence on stderr and exit code 1."""
    options = read_options(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(options.run(options) or 0)
    except (CommandError, ModelError, EngineError) as error:
        print(f'factory_perception: {error}', file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(
            f'factory_perception: {error.filename or "system"}: {error.strerror or error}',
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
