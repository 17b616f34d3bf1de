"""What the benchmark makes of its measurements."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from factory_perception.cli.bench_engine import measure_engine, spread
from factory_perception.cli.bench_node import _ratio, _summarise
from factory_perception.cli.main import main


def test_spread():
    assert spread([float(value) for value in range(101)]) == {'p50': 50.0, 'p95': 95.0, 'p99': 99.0}
    assert spread([]) == {}


def test_ratios_are_medians_of_ratios_within_a_round():
    node, bare = [13.0, 24.0, 12.0], [2.0, 7.0, 1.0]
    assert _ratio(node, bare, 10.0, 0.0) == 2.0  # 1.5, 2, 2


def test_lost_frames_are_counted_over_all_rounds():
    delays = {
        'bare': [[2.0, 2.0], [2.0, 2.0]], 'node': [[13.0, 13.0], [13.0, 13.0]],
        'plain': [[22.0], []],
    }  # fmt: skip
    summary = _summarise(delays, engine=10.0, frames=2)
    assert {kind: summary[kind]['lost'] for kind in delays} == {'bare': 0, 'node': 0, 'plain': 3}
    assert summary['node_to_bare'] == 1.5
    assert summary['plain_to_node'] == 4.0  # of the round in which some came through
    delays['plain'] = [[], []]
    assert _summarise(delays, engine=10.0, frames=2)['plain_to_node'] is None
    assert summary['node']['overhead_ms']['p50'] == 3.0


def test_engine_section_writes_json(tmp_path, shipped_parts):
    file = tmp_path / 'bench.json'
    assert main(['bench', 'engine', '--json', str(file)]) == 0
    report = json.loads(file.read_text())
    result = report['engine']['backends']['onnxruntime']
    assert result['ms']['p50'] == pytest.approx(1e3 / result['pictures_per_second'], rel=0.05)
    assert report['machine']['cores'] >= 1


@pytest.mark.slow
def test_memory_stays_where_it_is(tmp_path, shipped_parts):
    """In a process of its own: here, what other tests left behind grows and shrinks beside it."""
    file = tmp_path / 'bench.json'
    command = [sys.executable, '-m', 'factory_perception.cli', 'bench', 'memory']
    subprocess.run([*command, '--hours', '0.05', '--json', str(file)], check=True, timeout=300)
    figures = json.loads(file.read_text())['memory']
    assert len(figures['memory_mb']) == 11 and figures['samples'] == 100 * (300 + 180)
    assert abs(figures['growth_mb']) < 1.0


def test_a_backend_that_is_not_there_says_why(shipped_parts, monkeypatch):
    module = 'factory_perception.cli.bench_engine.available'
    monkeypatch.setattr(module, lambda: {'tensorrt': 'no driver'})
    assert measure_engine('parts')['backends'] == {'tensorrt': {'unavailable': 'no driver'}}
