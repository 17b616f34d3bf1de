"""Thresholds from hours without a fault."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.decision import EVIDENCE
from factory_perception.training.fault_threshold import MARGIN, thresholds_of

KINDS = ('backlash', 'grip_loss')
MOST = np.array([[5.0, 0.0], [20.0, 100.0], [15.0, 90.0], [10.0, 30.0]])


@pytest.mark.parametrize(
    ('hours', 'reached'),
    [(1.0, (20.0, 100.0)), (2.6, (20.0, 90.0)), (5.1, (20.0, 30.0)), (7.6, (20.0, 0.0))],
    ids=['no alarm allowed', 'one', 'two', 'three'],
)
def test_alarms_that_are_allowed_go_where_they_help_most(hours, reached):
    found = thresholds_of(MOST, KINDS, hours)
    wanted = [max(MARGIN * level, EVIDENCE) for level in reached]
    assert list(found.values()) == pytest.approx(wanted)
    assert list(found) == ['evidence_backlash', 'evidence_grip_loss']


def test_two_sure_frames_are_needed_at_least():
    assert set(thresholds_of(MOST, KINDS, 1000.0).values()) == {EVIDENCE}
    assert set(thresholds_of(np.zeros((9, 2)), KINDS, 1.0).values()) == {EVIDENCE}
