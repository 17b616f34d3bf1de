"""The aggregator's file: keys that it knows, and a place for every node."""

from __future__ import annotations

from pathlib import Path
import re

import pytest
import yaml

from factory_perception.nodes.parameter_files import node_tables

FILE = Path(__file__).resolve().parents[2] / 'config' / 'diagnostics.yaml'
SETTINGS = yaml.safe_load(FILE.read_text())['/**']['ros__parameters']
ANALYZERS = {name: value for name, value in SETTINGS.items() if isinstance(value, dict)}
#: What a GenericAnalyzer reads.
KEYS = {
    'type', 'path', 'startswith', 'contains', 'expected', 'regex', 'find_and_remove_prefix',
    'remove_prefix', 'timeout', 'num_items', 'discard_stale',
}  # fmt: skip


def takes(analyzer, name):
    starts = analyzer.get('startswith', []) + analyzer.get('find_and_remove_prefix', [])
    return any(name.startswith(start) for start in starts) or any(
        part in name for part in analyzer.get('contains', [])
    )


def test_keys_are_known():
    assert set(SETTINGS) - set(ANALYZERS) == {'path', 'pub_rate'}
    for analyzer in ANALYZERS.values():
        assert set(analyzer) <= KEYS
        assert analyzer['type'] == 'diagnostic_aggregator/GenericAnalyzer'
        assert re.fullmatch(r'\w+', analyzer['path'])


@pytest.mark.parametrize('node', sorted(node_tables()))
def test_every_node_has_one_place(node):
    places = [name for name, analyzer in ANALYZERS.items() if takes(analyzer, f'{node}: part')]
    assert len(places) == 1, f'{node} is sorted into {places}'
