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


FIGURES = {
    'events': 3, 'detected': 2, 'false_alarms': 1, 'seconds': 121.4, 'stream_alarms': 0,
    'layers': 'stream health and residuals', 'delay_ms': {'p50': 90.0, 'p95': 180.4},
    'false': [{'part': 'joint_6', 'faults': ['unknown', 'backlash']}],
    'per_kind': {
        'torque_loss': {'events': 1, 'detected': 0, 'named': {}, 'delay_ms': {}},
        'backlash': {'events': 2, 'detected': 2, 'named': {'backlash': 1, 'knock': 1},
                     'delay_ms': {'p50': 90.0, 'p95': 180.4}},
    },
}  # fmt: skip


def test_the_conclusion_says_kind_by_kind_what_was_found():
    assert _conclusion(FIGURES).splitlines() == [
        '  backlash        2 of 2 found, named backlash 1, knock 1; delay p50 90 ms, p95 180 ms',
        '  torque_loss     0 of 1 found',
        '  false alarm     joint_6: unknown, then backlash',
        '2 of 3 faults found, 1 false alarms in 121 s; delay p50 90 ms, p95 180 ms '
        '(stream health and residuals)',
    ]
    assert 'run for longer' in _conclusion({**FIGURES, 'events': 0})
    assert '2 alarms about the stream itself' in _conclusion({**FIGURES, 'stream_alarms': 2})
