"""What the demonstration passes on to its nodes, and what it says in the terminal."""

from __future__ import annotations

from types import SimpleNamespace

from factory_perception.cli.demo import _extra_parameters, _Show
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
