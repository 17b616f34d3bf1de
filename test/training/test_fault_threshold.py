"""Thresholds from hours without a fault."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from factory_perception.cell.faults import Fault
from factory_perception.faults.classifier import Opinion
from factory_perception.faults.frame import Frame
from factory_perception.training import fault_threshold
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.fault_threshold import (
    few_hours,
    FURTHEST,
    LEAST_EVIDENCE,
    rarely_reached,
    thresholds_of,
    UNSURE,
)

KINDS = ('backlash', 'collision')
MODEL = SimpleNamespace(kinds=KINDS, whole=())
COUNT = 60


@pytest.fixture(autouse=True)
def believe_the_network(monkeypatch):
    def opinions(model, runs, network):
        return (Opinion(one, np.ones(1)) for one in network)

    monkeypatch.setattr(fault_threshold, 'opinions', opinions)


def runs(*faults):
    blank = np.zeros((COUNT, 1, 1))
    return FrameRuns(Frame(*(blank for _ in fields(Frame))), (faults,), ('a',), 0.004, 0.04)


def answers(**seen):
    """Give probabilities ``(N, 1, 1, 3)``: none but where ``kind=(first, last, probability)``."""
    found = np.full((COUNT, 1, 1, 1 + len(KINDS)), 1e-6)
    for kind, (first, last, probability) in seen.items():
        found[first:last, ..., 1 + KINDS.index(kind)] = probability
    return found


def chosen(healthy, faulty):
    fault = Fault('backlash', 'a', 1.0, 0.8, 0.0, 1.6)  # frames 20 to 39
    return thresholds_of(MODEL, (runs(), healthy), (runs(fault), faulty))


def test_a_kind_that_nothing_healthy_looks_like_is_believed_at_a_hint():
    found = chosen(answers(), answers(backlash=(20, 40, 0.3)))  # log odds -0.85
    assert found['odds_backlash'] == -3.0  # 2.15 a frame: the soonest of those that find it
    assert found['evidence_backlash'] == LEAST_EVIDENCE


def test_a_kind_that_healthy_robots_look_like_needs_more():
    odds = np.log(0.9 / 0.1)
    found = chosen(answers(backlash=(5, 10, 0.9)), answers(backlash=(20, 40, 0.9)))
    assert found['odds_backlash'] == 0.0
    # One run of two seconds says little: its tail is not followed into ten hours.
    assert found['evidence_backlash'] == pytest.approx(5 * odds * np.log(FURTHEST), abs=0.01)
    assert found['evidence_collision'] == LEAST_EVIDENCE


def test_the_highest_runs_say_how_far_the_next_ones_go():
    rng = np.random.default_rng(0)
    levels, highest = [], []
    for _ in range(200):
        most = 5.0 + rng.exponential(2.0, (500, 1))
        levels.append(rarely_reached(most, 0.2)[0])
        highest.append(most.max())
    # One run in 2500 goes beyond; what chance adds to the highest of 500 is more than to the level.
    assert np.median(levels) == pytest.approx(5.0 + 2.0 * np.log(2500), rel=0.05)
    assert np.std(levels) < np.std(highest)
    low, none = np.full((500, 1), 0.01), np.zeros((500, 1))
    assert rarely_reached(low, 0.2) == rarely_reached(none, 0.2) == LEAST_EVIDENCE


def test_a_kind_is_known_from_nearly_the_least_certainty_it_was_found_with():
    found = chosen(answers(), answers(backlash=(20, 40, 0.9)))
    least = 0.9 * (1 - (2 / 3) ** 20)  # a mean over three frames, after twenty
    odds = least / (1 - least) / UNSURE
    assert found['certain_backlash'] == pytest.approx(odds / (1 + odds), abs=1e-3)
    utter = chosen(answers(), answers(backlash=(20, 40, 1.0)))
    assert 0.99 < utter['certain_backlash'] < 0.9999  # one must be able to reach it
    assert found['certain_collision'] == 0.0  # none was found: nothing is known about it


@pytest.mark.parametrize(
    ('frames', 'lengths', 'said'),
    [
        (10 * 3600 * 25, None, None),
        (3600 * 25, None, '1.00 healthy hours, which cannot promise fewer than 3.7 false'),
        (10 * 3600 * 25, (1800 * 25,), '0.50 healthy hours, which cannot promise fewer than 7.3'),
    ],
)
def test_thresholds_of_few_hours_say_so(frames, lengths, said):
    """The rate that no alarm in so many hours leaves possible is 3.7 a time watched."""
    position = np.broadcast_to(0.0, (frames, 1, 1))
    frame = Frame(*(position for _ in fields(Frame)))
    notes = few_hours(FrameRuns(frame, ((),), ('a',), 0.004, 0.04, lengths))
    assert len(notes) == (said is not None) and (said or '') in ''.join(notes)


def test_odds_at_which_a_fault_is_not_found_are_not_taken():
    healthy = answers(backlash=(0, 60, 0.2))  # log odds -1.4: evidence without end at -1.5 and -3
    assert chosen(healthy, answers(backlash=(20, 24, 0.9)))['odds_backlash'] == -1.0
