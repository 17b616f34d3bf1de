"""Only what is not worse on the golden set takes over; everything else is told why not."""

from __future__ import annotations

from dataclasses import replace
import re

import pytest

from factory_perception.model_store.manifest import OutdatedModelError
from factory_perception.training import promotion
from factory_perception.training.detection_answers import DetectionAnswers
from factory_perception.training.promotion import (
    carry_out,
    decide,
    Decision,
)
from factory_perception.vision.detections import Detections
from test.support import publish_mean
from test.training.report.samples import classes, detections, OneShape
from test.training.report.series_samples import events
from test.training.shapes import Shapes

GOLDEN = Shapes(60, seed=1)


@pytest.fixture
def against(store, monkeypatch):
    """Decide about a candidate while a champion gives certain answers."""

    def against(champion, candidate, max_drop=0.01):
        publish_mean(store)
        monkeypatch.setattr(promotion, 'collect_answers', lambda *_: champion)
        return decide(store, 'means', candidate, GOLDEN, max_drop)

    return against


def test_the_first_of_its_kind_is_champion_if_it_beats_what_needs_no_training(store):
    decision = decide(store, 'shapes', detections(GOLDEN), GOLDEN, 0.01)
    assert decision.promoted and 'no champion yet, and it is better than' in decision.reason
    assert decision.first and decision.champion is None and decision.golden_sha256 == GOLDEN.sha256
    assert decision.comparison.first == 'its own boxes with guessed classes'


@pytest.mark.parametrize(
    ('pictures', 'wrong', 'said'),
    [
        (40, 0.7, 'it is no better than a guess by how often each class occurs: -'),
        (
            12,
            0.4,
            r'not surely better than a guess .* \+.* be needed; measure on more of them \(--val',
        ),
    ],
)
def test_the_first_of_its_kind_is_refused_if_it_does_not_beat_a_guess(store, pictures, wrong, said):
    golden = OneShape(pictures, 'classify', seed=1)
    decision = decide(store, 'shapes', classes(golden, wrong=wrong), golden, 0.01)
    assert not decision.promoted and decision.comparison is not None
    assert re.search(said, decision.reason), decision.reason


@pytest.mark.parametrize(
    ('champion_drops', 'candidate_drops', 'promoted', 'said'),
    [
        (0.05, 0.05, True, 'not worse than means@1'),
        (0.5, 0.02, True, 'better than means@1'),
        (0.02, 0.5, False, 'worse than means@1'),
    ],
)
def test_figures_decide(against, champion_drops, candidate_drops, promoted, said):
    champion, candidate = (
        detections(GOLDEN, drop=drop) for drop in (champion_drops, candidate_drops)
    )
    decision = against(champion, candidate)
    assert decision.promoted is promoted and said in decision.reason
    assert decision.champion == 1 and decision.comparison.units == 60


@pytest.mark.parametrize(
    'wrong',
    [
        {'kind': {'collision': 'friction_rise', 'friction_rise': 'collision'}},
        {'joint': {'a': 'b', 'b': 'a'}},
    ],
    ids=['names', 'joints'],
)
def test_alarms_under_permuted_names_do_not_take_over(against, wrong):
    """Every fault is found as before, so only what it is called can tell."""
    honest = events(missed=(), false=())
    truths = [one.truth for run in honest.faulty for one in run.outcomes]
    ((field, permuted),) = wrong.items()
    said = [replace(one, **{field: permuted[getattr(one, field)]}) for one in truths]
    decision = against(honest, honest.renamed(said))
    assert decision.comparison.figures['event_f1'].difference.value == 0
    assert not decision.promoted and 'it is worse than means@1' in decision.reason
    assert against(honest, honest.renamed(truths)).promoted


def test_what_only_looks_worse_is_refused_beyond_the_tolerance(against):
    """On few pictures nothing is sure: what runs stays."""
    truths = [Shapes(5, seed=1).read(index).boxes for index in range(5)]
    champion = DetectionAnswers(truths, truths, Shapes.classes, 0.4)
    candidate = replace(champion, found=[*truths[:4], Detections.empty()])
    strict = against(champion, candidate)
    assert strict.comparison.figures['map50'].difference.high >= 0
    assert not strict.promoted and 'looks worse' in strict.reason
    assert against(champion, candidate, max_drop=1.0).promoted


def test_a_champion_that_cannot_be_measured_stays(store):
    """It answers another question: a person has to decide."""
    publish_mean(store)
    decision = decide(store, 'means', detections(GOLDEN), GOLDEN, 0.01)
    assert not decision.promoted and 'cannot be compared' in decision.reason
    assert 'is a model for classify, not for detect' in decision.reason


def test_a_champion_of_an_older_package_makes_way_for_what_beats_no_training(store, monkeypatch):
    def too_old(*_):
        raise OutdatedModelError('means@1 looks at 46 figures: train it again')

    publish_mean(store)
    monkeypatch.setattr(promotion, 'collect_answers', too_old)
    decision = decide(store, 'means', detections(GOLDEN), GOLDEN, 0.01)
    assert decision.promoted and decision.first and decision.champion == 1
    assert 'runs no more (means@1 looks at 46' in decision.reason
    assert 'better than its own boxes' in decision.reason
    golden = OneShape(40, 'classify', seed=1)
    refused = decide(store, 'means', classes(golden, wrong=0.7), golden, 0.01)
    assert not refused.promoted and refused.first
    assert re.search(r'runs no more .*, but it is no better than a guess', refused.reason)


def test_what_was_decided_is_done_and_said(store):
    publish_mean(store)
    folder = publish_mean(store)
    refused = Decision(False, 'it is worse', 'golden', '0' * 64, 1)
    line = carry_out(store, folder, refused)
    assert line.startswith('not promoted: it is worse') and 'models promote means@2' in line
    assert store.champion('means') == 1
    line = carry_out(store, folder, Decision(True, 'it is better', 'golden', '0' * 64, 1))
    assert line.startswith('promoted, means@2') and store.champion('means') == 2


def test_a_champion_that_came_meanwhile_stays(store):
    publish_mean(store)
    mine = publish_mean(store)
    publish_mean(store)
    store.promote('means', 3)
    line = carry_out(store, mine, Decision(True, 'it is better', 'golden', '0' * 64, 1))
    assert 'means@3 became champion meanwhile' in line and store.champion('means') == 3


def test_a_decision_can_be_written_down(against):
    one = detections(GOLDEN)
    written = against(one, one).as_json()
    assert written['promoted'] is True and written['comparison']['better'] is None
