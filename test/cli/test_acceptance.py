"""The acceptance command."""

from __future__ import annotations

import argparse

import pytest

from factory_perception.cli.acceptance import _conclusion, _run, add_parser
from factory_perception.cli.errors import CommandError


def _options(*words):
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(['acceptance', *words])


def test_no_time_is_refused():
    with pytest.raises(CommandError, match='more than 0'):
        _run(_options('--seconds', '0'))


def test_the_conclusion_says_what_was_found():
    figures = {'events': 4, 'detected': 3, 'false_alarms': 1, 'delay_ms': {'p50': 90.0, 'p95': 8.0}}
    assert _conclusion(figures).startswith('3 of 4 faults found, 1 false alarms; delay p50 90.0 ms')
    assert 'run for longer' in _conclusion({**figures, 'events': 0})
