"""Thresholds from hours without a fault."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.decision import EVIDENCE
from factory_perception.training.fault_threshold import MARGIN, threshold_of


@pytest.mark.parametrize(
    ('hours', 'reached'),
    [(1.0, 20.0), (2.6, 15.0), (100.0, 5.0)],
    ids=['no alarm allowed', 'one allowed', 'more than there are runs'],
)
def test_the_threshold_leaves_few_alarms_on_healthy_runs(hours, reached):
    most = np.array([5.0, 20.0, 15.0, 10.0])
    assert threshold_of(most, hours) == pytest.approx(MARGIN * reached)


def test_two_sure_frames_are_needed_at_least():
    assert threshold_of(np.zeros(9), 1.0) == EVIDENCE
