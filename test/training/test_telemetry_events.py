"""Events found and false alarms, at many thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.series import LabelInterval
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_events import raises, tally, within_budget
from factory_perception.training.telemetry_rows import average_precision, f1_of, macro_f1_of
from factory_perception.training.telemetry_thresholds import budget_of, fit_thresholds

KINDS = ('stop',)


def _run(truths, seconds=60, cycles=True):
    numbers = np.arange(seconds) // 20 if cycles else None
    samples = np.zeros((seconds, 4, 1))
    found = tuple(LabelInterval('stop', *span) for span in truths)
    return TelemetryRun('r', np.arange(seconds, dtype=float), samples, found, ('a',), numbers)


def _score(*bumps, seconds=60):
    score = np.zeros((seconds, 1, 1))
    for first, last, value in bumps:
        score[first:last] = value
    return score


@pytest.mark.parametrize(
    ('bump', 'delay', 'false'),
    [
        ((30, 33, 0.9), 0.0, 0),  # with the stop
        ((26, 29, 0.9), -4.0, 0),  # a warning
        ((34, 36, 0.9), 4.0, 0),  # just after it
        ((36, 40, 0.9), None, 1),  # too late
        ((10, 34, 0.9), None, 1),  # cried long before
        ((30, 33, 0.4), None, 0),  # below the threshold
    ],
)
def test_alarms_belong_to_events_near_them(bump, delay, false):
    found = tally([_run([(30, 33)])], [_score(bump)], np.array([[0.5]]), KINDS, 'arm')
    expected = [[np.nan]] if delay is None else [[delay]]
    np.testing.assert_array_equal(found.delay_s, expected)
    assert found.false.sum() == false and found.unit.tolist() == [1]


def test_false_alarms_are_counted_in_their_cycle():
    score = _score((5, 6, 1.0), (50, 51, 1.0))
    found = tally([_run([])], [score], np.array([[0.5]]), KINDS, 'arm')
    assert found.wrong((0,)).tolist() == [1, 0, 1]


def test_an_alarm_lasts_over_single_good_rows():
    score = _score((5, 6, 1.0), (7, 8, 1.0), (11, 12, 1.0))
    assert np.flatnonzero(raises(score, np.array([[0.5]]))).tolist() == [5, 11]


def test_the_budget_is_kept_and_used():
    run = _run([(10, 12), (30, 32), (50, 52)])
    score = _score((10, 12, 0.9), (22, 23, 0.6), (30, 32, 0.5), (40, 41, 0.3), (50, 52, 0.2))
    tried = np.array([[0.1], [0.25], [0.4], [0.55], [0.7]])
    found = tally([run], [score], tried, KINDS, 'arm')
    picked = [tried[within_budget(found, budget)[0], 0] for budget in (0, 1, 2)]
    assert picked == [0.7, 0.4, 0.1]


def test_of_thresholds_that_do_the_same_the_middle_one_is_taken():
    tried = np.linspace(0.1, 0.9, 9)[:, None]
    found = tally([_run([(30, 33)])], [_score((30, 33, 1.0))], tried, KINDS, 'arm')
    assert within_budget(found, 1) == (4,)


@pytest.mark.parametrize(('cycles', 'rule', 'allowed'), [
    (True, '0.05_false_alarms_per_cycle', 6), (False, '6_false_alarms_per_hour', 4),
])  # fmt: skip
def test_thresholds_use_what_is_allowed(cycles, rule, allowed):
    run = _run([(30, 33), (60, 63)], seconds=2400, cycles=cycles)
    budget = budget_of([run])
    assert (budget.alarms, budget.rule) == (pytest.approx(allowed), rule)
    for alarms, found in ((allowed, 2), (allowed + 1, 1)):
        wrong = [(100 + 20 * place, 101 + 20 * place, 0.5) for place in range(alarms)]
        score = _score((30, 33, 0.9), (60, 63, 0.3), *wrong, seconds=2400)
        limits = fit_thresholds([run], [score], KINDS, 'arm')
        assert tally([run], [score], limits[None], KINDS, 'arm').found((0,)).sum() == found


def test_figures_of_rows():
    table = np.array([[8.0, 2.0], [1.0, 3.0]])
    assert f1_of(table) == pytest.approx([16 / 19, 6 / 9])
    assert macro_f1_of(table) == pytest.approx((16 / 19 + 6 / 9) / 2)
    truth = np.array([True, False, True, False])
    assert average_precision(truth, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx(
        (1 + 2 / 3) / 2
    )
    assert average_precision(truth, np.zeros(4)) == pytest.approx(0.5)
    assert np.isnan(average_precision(np.zeros(4, bool), np.zeros(4)))
