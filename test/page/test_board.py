"""What the page is told: complete, bounded, ready for JSON."""

from __future__ import annotations

import json

import pytest

from factory_perception.page import board as board_module
from factory_perception.page.board import Board
from factory_perception.page.facts import Event, Health
from factory_perception.vision.colours import class_palette
from factory_perception.vision.tally import Counts, PartVerdict


@pytest.fixture
def board() -> Board:
    return Board('Line 3', 0.25)


def test_health_by_name_newest_wins(board):
    board.set_health([Health('a: x', 0, 'fine'), Health('b: y', 1, 'hot', {'celsius': '80'})])
    board.set_health([Health('a: x', 2, 'broken')])
    shown = {status['name']: status for status in board.state()['statuses']}
    assert shown['a: x']['level'] == 2 and shown['a: x']['message'] == 'broken'
    assert shown['b: y']['values'] == {'celsius': '80'}


def test_silence_becomes_stale_and_is_forgotten(board, monkeypatch):
    board.set_health([Health('a: x', 0, 'fine')])
    monkeypatch.setattr(board_module, 'STALE_S', -1.0)
    assert board.state()['statuses'][0]['level'] == 3
    monkeypatch.setattr(board_module, 'FORGET_S', -1.0)
    board.set_health([])
    assert board.state()['statuses'] == []


def test_events_newest_first_with_numbers_of_their_own(board):
    for index in range(300):
        board.add_event(Event(5, 1, f'kind {index}', 'text'))
    events = board.state()['events']
    assert len(events) == 60 and events[0]['kind'] == 'kind 299'
    assert len({event['number'] for event in events}) == 60


def test_no_sender_can_fill_the_memory(board):
    values = {f'k{index}': 'v' * 10_000 for index in range(1000)}
    board.set_health([Health(f'n{index}', 0, 'm' * 10_000, values) for index in range(1000)])
    board.add_event(Event(0, 0, 'k' * 10_000, 't' * 10_000, 'h' * 10_000, 'a' * 10_000))
    assert len(json.dumps(board.state())) < 200 * 41 * 450


def test_counts_and_colours(board):
    recent = (PartVerdict(1, 'gear', ('scratch',)),)
    board.set_counts('left', Counts({'gear': 3}, {'gear': 1}, {'scratch': 1}, recent))
    board.set_classes(('gear', 'scratch'))
    board.set_defects(('scratch',))
    state = json.loads(json.dumps(board.state()))
    assert state['title'] == 'Line 3' and state['defects'] == ['scratch']
    assert state['counts']['left']['good'] == {'gear': 3}
    assert state['counts']['left']['recent'][0]['defects'] == ['scratch']
    blue, green, red = class_palette(('gear', 'scratch'), ('scratch',))[1]
    assert state['colours']['scratch'] == f'#{red:02x}{green:02x}{blue:02x}'
