"""Whether more parts have defects than before."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.defect_rate import DefectRate, PARTS, rate_limit, RECENT_PARTS

SECOND = 1_000_000_000


def _run(rates):
    """Count 100 parts a rate; give when there was an alarm."""
    rate, rng, up = DefectRate(), np.random.default_rng(1), []
    for number, share in enumerate(np.repeat(rates, 100)):
        rate.add(bool(rng.random() < share), number * SECOND)
        up += [number] if rate.verdicts() else []
    return rate, up


def test_what_may_be_chance():
    assert rate_limit(0.0, 540, 4.75) == pytest.approx(4 / 60)
    assert rate_limit(0.1, 540, 4.75) < rate_limit(0.1, 60, 4.75)
    assert rate_limit(0.1, 540, 3.0) < rate_limit(0.1, 540, 4.75) < rate_limit(0.2, 540, 4.75)
    assert rate_limit(1.0, 540, 4.75) == 1.0


@pytest.mark.parametrize('share', [0.0, 0.1, 0.5, 1.0])
def test_a_rate_that_stays_is_usual_however_high_it_is(share):
    assert _run([share] * 20)[1] == []


def test_more_than_usual_is_told_once_and_ends_with_it():
    rate, up = _run([0.05] * 3 + [0.5] + [0.05] * 3)
    assert 300 < up[0] <= 300 + RECENT_PARTS // 2
    assert up == list(range(up[0], up[-1] + 1)) and up[-1] < 400 + RECENT_PARTS
    assert rate.verdicts() == []


def test_it_says_what_it_compares_since_when():
    rate, up = _run([0.05] * 3 + [0.5])
    (verdict,) = rate.verdicts()
    assert (verdict.part, verdict.fault, verdict.source) == (PARTS, 'defect_rate', 'camera')
    assert verdict.value > verdict.limit and verdict.onset_ns == up[0] * SECOND
    assert 'of 340 parts before' in verdict.sentence


def test_the_first_parts_are_nothing_to_compare_with():
    assert _run([0.0, 1.0])[1][0] >= 2 * RECENT_PARTS - 1
