"""Intervals hold the truth about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.statistics import bootstrap, bootstrap_all, poisson, wilson


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    held = 0
    for trial in range(200):
        values = rng.normal(3, 1, 60)
        interval = bootstrap(lambda w, v=values: float(w @ v / w.sum()), 60, trial, 200)
        held += interval.low <= 3 <= interval.high
    assert 0.88 <= held / 200 <= 0.99


def test_several_figures_share_their_draws():
    values = np.random.default_rng(1).normal(0, 1, 40)

    def both(weights):
        mean = weights @ values / weights.sum()
        return np.array([mean, mean + 1])

    low, high = bootstrap_all(both, 40)
    assert high.low - low.low == pytest.approx(1) and high.high - low.high == pytest.approx(1)
    alone = bootstrap(lambda w: float(w @ values / w.sum()), 40)
    assert (alone.low, alone.high) == (low.low, low.high)


def test_a_figure_that_never_exists_has_no_interval():
    (nothing,) = bootstrap_all(lambda w: np.array([np.nan]), 10)
    assert np.isnan(nothing.low) and np.isnan(nothing.high)


@pytest.mark.parametrize('hits, tries', [(0, 10), (5, 10), (10, 10), (1, 1000)])
def test_shares_stay_shares(hits, tries):
    interval = wilson(hits, tries)
    assert interval.low >= 0 and interval.high <= 1
    assert interval.low <= hits / tries + 1e-12 and hits / tries <= interval.high + 1e-12


def test_no_tries_say_nothing():
    interval = wilson(0, 0)
    assert np.isnan(interval.value) and (interval.low, interval.high) == (0, 1)


@pytest.mark.parametrize(
    ('count', 'low', 'high'), [(0, 0.0, 3.69), (1, 0.025, 5.57), (3, 0.62, 8.77), (10, 4.80, 18.4)]
)
def test_rare_events_have_the_interval_of_tables(count, low, high):
    """Exact limits (Garwood, 1936); the approximation is good to some percent."""
    found = poisson(count, 2.0)
    assert found.value == count / 2
    assert found.low == pytest.approx(low / 2, abs=0.015) and found.high == pytest.approx(
        high / 2, rel=0.01
    )
