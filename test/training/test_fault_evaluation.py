"""Figures of events with their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.faults.scoring import Alarm, Outcome, TrueFault
from factory_perception.training.fault_evaluation import figures_of
from factory_perception.training.fault_events import RunEvents

NOTHING = np.zeros((1, 1), np.float32), np.zeros((1, 1, 0), np.float32)


def test_figures_come_with_intervals_and_healthy_hours_by_themselves():
    truth = TrueFault('backlash', 'base', 10.0, 20.0)
    right = Outcome(truth, 0.1, 'backlash', 'base')
    missed = Outcome(truth, float('nan'), '', '')
    alarm = Alarm('base', (('backlash', 50.0),), 50.0, 52.0)
    faulty = RunEvents((right, right, right, missed), (alarm,), 1800.0, *NOTHING)
    healthy = RunEvents((), (), 3600.0, *NOTHING)
    figures = figures_of((faulty,), (healthy, healthy))
    assert figures['event_recall'] == 0.75
    low, high = figures['intervals']['event_recall']
    assert 0.25 < low < 0.75 < high < 1.0
    assert figures['false_alarms_per_hour'] == pytest.approx(1 / 2.5)
    assert figures['healthy']['hours'] == 2.0
    assert figures['healthy']['false_alarms_per_hour'] == [0.0, pytest.approx(1.84, abs=0.02)]
