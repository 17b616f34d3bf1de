"""What the demonstration passes on to its nodes, and what it says in the terminal."""

from __future__ import annotations

import signal
from types import SimpleNamespace

import pytest

from factory_perception.cli import demo
from factory_perception.cli.demo import _extra_parameters, _Show, _Stop
from factory_perception.cli.main import build_parser
from factory_perception.deployment import CELL, DASHBOARD, DEMO, DETECTOR
from factory_perception.nodes.demo_monitor import Record


def test_the_command_line_decides_about_seed_and_port():
    options = build_parser().parse_args(['demo', '--seed', '7', '--page-port', '9000'])
    assert _extra_parameters(CELL, options) == {'seed': 7}
    assert _extra_parameters(DASHBOARD, options) == {'port': 9000}
    assert _extra_parameters(DETECTOR, options) == {}


def test_the_page_is_part_of_it():
    assert DASHBOARD in DEMO


def test_the_address_of_the_page_is_said_once(capsys):
    show, record = _Show(), Record()
    monitor = SimpleNamespace(record=record, now_ns=lambda: 0, visible={})
    show(monitor)
    record.page = 'http://127.0.0.1:8088/'
    show(monitor)
    show(monitor)
    said = capsys.readouterr().out.splitlines()
    assert said.count('The page: http://127.0.0.1:8088/') == 1
    assert said[0].startswith('waiting')


@pytest.fixture
def clock(monkeypatch):
    """Give the seconds of a clock that the test moves; signals stay as they are."""
    now = [1000.0]
    monkeypatch.setattr(demo.time, 'monotonic', lambda: now[0])
    monkeypatch.setattr(demo.signal, 'signal', lambda number, handler: handler)
    return now


def test_the_time_is_counted_from_the_first_detections(clock):
    stop = _Stop(10.0)
    clock[0] += 30.0
    stop.begin()
    clock[0] += 9.0
    stop.begin()  # later detections change nothing
    assert not stop.is_due()
    clock[0] += 1.0
    assert stop.is_due()


def test_a_demonstration_without_detections_ends_too(clock):
    stop = _Stop(10.0)
    clock[0] += 69.0
    assert not stop.is_due()
    clock[0] += 1.0
    assert stop.is_due()


def test_without_a_time_only_a_signal_ends_it(clock):
    stop = _Stop(None)
    stop.begin()
    clock[0] += 1e6
    assert not stop.is_due()
    stop._on_signal(signal.SIGINT, None)
    assert stop.is_due()
