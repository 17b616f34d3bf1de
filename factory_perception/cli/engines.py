"""``factory_perception engines``: what this machine can run a model on."""

from __future__ import annotations

import argparse

from factory_perception.engines.selection import available


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``engines`` and its actions."""
    parser = subparsers.add_parser(
        'engines', help='list the inference backends, build and check engines', description=__doc__
    )
    actions = parser.add_subparsers(title='actions', metavar='ACTION', required=True)
    action = actions.add_parser('list', help='the backends of this machine')
    action.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> int:
    for name, reason in available().items():
        print(f'{name:12} {reason or "usable"}')
    return 0
