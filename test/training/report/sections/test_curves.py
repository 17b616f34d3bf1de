"""Curves are those of the textbooks; scikit-learn draws the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve, roc_auc_score

from factory_perception.training.report.features import Features
from factory_perception.training.report.sections.confusion import (
    confusion_grid,
    worst_confusions,
)
from factory_perception.training.report.sections.course import best_epoch
from factory_perception.training.report.sections.features import (
    features_section,
    neighbour_agreement,
    principal_axes,
)
from factory_perception.training.report.sections.precision_recall import curve
from factory_perception.training.report.sections.reliability import calibration_error
from factory_perception.training.report.sections.roc import roc, roc_section
from factory_perception.training.report.view import Presence, Sureness


def scored(ties: bool):
    rng = np.random.default_rng(3)
    present = rng.random(300) < 0.3
    scores = rng.normal(0, 1, 300) + present
    return (scores.round(1) if ties else scores), present


@pytest.mark.parametrize('ties', [False, True])
def test_area_under_the_curve(ties):
    scores, present = scored(ties)
    alarms, hits = roc(scores, present)
    assert np.trapezoid(hits, alarms) == pytest.approx(roc_auc_score(present, scores))
    assert (alarms[0], hits[0], alarms[-1], hits[-1]) == (0, 0, 1, 1)


@pytest.mark.parametrize('ties', [False, True])
def test_precision_over_recall(ties):
    scores, present = scored(ties)
    recall, precision = curve(scores, present, int(present.sum()))
    expected, expected_recall, _ = precision_recall_curve(present, scores)
    assert precision == pytest.approx(expected[:-1][::-1])
    assert recall == pytest.approx(expected_recall[:-1][::-1])


def test_a_class_that_is_everywhere_has_no_curve():
    presence = Presence(np.ones((4, 1)), np.ones((4, 1), bool), 'pictures')
    (words,) = roc_section(presence, ['a']).parts
    assert words.text.startswith('Left out: no class')


def test_calibration_error_is_the_mean_gap():
    right = np.array([True, False] * 50)
    assert calibration_error(Sureness(np.full(100, 0.9), right, 'answers')) == pytest.approx(0.4)


def test_main_axes_and_neighbours():
    rng = np.random.default_rng(0)
    ids = np.arange(100) % 2
    vectors = rng.normal(0, 0.1, (100, 5)).astype(np.float32)
    vectors[:, 2] += 10 * ids
    _, axes, shares = principal_axes(vectors)
    assert abs(axes[0, 2]) > 0.99 and shares[0] > 0.99
    features = Features(vectors, ids, 'boxes')
    assert neighbour_agreement(features, features) == 1
    assert neighbour_agreement(features, Features(vectors, 1 - ids, 'boxes')) == 0
    few = Features(vectors[:2], ids[:2], 'boxes')
    assert 'Left out' in features_section(few, few, ['a', 'b']).parts[0].text


def test_the_kept_epoch_is_the_one_that_the_loop_kept():
    scores = [0.5, 0.6, 0.6005, 0.59]
    rows = [{'epoch': i, 'validation': {'score': s}} for i, s in enumerate(scores)]
    assert best_epoch(rows, 0.001) == 2 and best_epoch(rows) == 3
    assert best_epoch([{'epoch': 0, 'validation': {}}]) is None


def test_a_large_confusion_keeps_what_was_confused():
    counts = np.diag(np.full(100, 5))
    counts[70, 3] = 4
    grid = confusion_grid(counts, [f'c{i}' for i in range(100)], 'pictures')
    assert grid.values.shape == (30, 30) and {'c70', 'c3'} <= set(grid.rows)
    assert worst_confusions(grid) == [('c70', 'c3', '4 times')]
    assert grid.shades.max() <= 1 and grid.good.sum() == 30
