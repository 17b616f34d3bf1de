"""How strange a fault is."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.conformal import fit_strangeness, with_known


def test_p_values_are_even_for_known_faults_and_small_for_others():
    rng = np.random.default_rng(0)
    middles = np.array([[0.0, 0.0, 0.0], [8.0, 0.0, 0.0]])
    classes = rng.integers(0, 2, 4000)
    rows = middles[classes] + rng.normal(size=(4000, 3)) * [1.0, 3.0, 0.2]
    strange = fit_strangeness(rows[:2000], classes[:2000], 3)
    strange = with_known(strange, rows[2000:3000], classes[2000:3000])
    known = strange.p_values(rows[3000:], classes[3000:])
    for level in (0.05, 0.2, 0.5):
        assert abs((known < level).mean() - level) < 0.06
    odd = np.array([[4.0, 0.0, 4.0], [8.0, 25.0, 0.0]])
    assert (strange.p_values(odd, np.array([0, 1])) < 0.02).all()


def test_each_kind_is_measured_by_its_own_spread():
    rng = np.random.default_rng(2)
    classes = rng.integers(0, 2, 6000)
    wide = np.array([[1.0, 10.0], [10.0, 1.0]])
    rows = rng.normal(size=(6000, 2)) * wide[classes]
    strange = fit_strangeness(rows[:3000], classes[:3000], 2)
    strange = with_known(strange, rows[3000:], classes[3000:])
    odd = np.array([[0.0, 15.0], [0.0, 15.0]])  # usual for the first kind alone
    usual, unlike = strange.p_values(odd, np.array([0, 1]))
    assert usual > 0.1 and unlike < 0.01


def test_a_kind_of_few_rows_leans_on_the_spread_of_all():
    rng = np.random.default_rng(3)
    rows = np.concatenate([rng.normal(size=(3000, 4)), 5.0 + rng.normal(size=(2, 4))])
    classes = np.repeat([0, 1], [3000, 2])
    strange = fit_strangeness(rows, classes, 3)
    other = 5.0 + rng.normal(size=(200, 4))
    few, none = (strange.distances(other, np.full(200, kind)) for kind in (1, 2))
    assert np.median(few) == pytest.approx(2.0, abs=0.7)  # of four normal figures
    assert np.isfinite(none).all()


def test_a_kind_that_was_never_seen_is_never_called_strange():
    rows, classes = np.random.default_rng(1).normal(size=(50, 2)), np.zeros(50, np.int64)
    strange = with_known(fit_strangeness(rows, classes, 2), rows, classes)
    assert strange.p_values(rows[:1] + 100, np.array([1])) == 1.0
