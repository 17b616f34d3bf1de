"""A row a second out of a stream of joint states."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from factory_perception.faults.telemetry_watch import TelemetryWatch

SECOND = 1_000_000_000


class _Classifier:
    """Says what the newest speed of the first joint is; a stand-in for a model."""

    def __init__(self, view='arm'):
        self.model = SimpleNamespace(
            joints=('a', 'b'), kinds=('stop', 'grip'), view=view, limits=np.array([0.5, 0.6])
        )
        self.resets = 0
        self.rows = []

    def reset(self):
        self.resets += 1

    def update(self, rows):
        self.rows.append(rows)
        said = np.zeros((len(rows), 2))
        said[:, 0] = rows[:, 3] if self.model.view == 'arm' else rows[:, 0] / 10
        return said


def _feed(watch, stamps_s, speed=0.1):
    sample = np.array([[0.0, 0.0], [speed, 0.0], [1.0, 2.0]])
    return sum(watch.add(round(stamp * SECOND), sample) for stamp in stamps_s)


@pytest.mark.parametrize('rate_hz', [0.995, 1.0, 10.0, 125.0, 500.0])
def test_one_row_a_second(rate_hz):
    watch = TelemetryWatch(_Classifier())
    jitter = np.random.default_rng(0).uniform(-0.02, 0.02, round(20 * rate_hz)) / max(rate_hz, 1)
    stamps = 100 + np.arange(round(20 * rate_hz)) / rate_hz + jitter
    assert _feed(watch, np.sort(stamps)) in (20, 21)


def test_gaps_and_jumps_back_forget():
    classifier = _Classifier()
    watch = TelemetryWatch(classifier)
    _feed(watch, [10, 11, 12])
    before = classifier.resets
    _feed(watch, [30])
    _feed(watch, [5])
    assert classifier.resets == before + 2


def test_alarms_come_and_go():
    watch = TelemetryWatch(_Classifier())
    _feed(watch, [10, 11])
    assert watch.verdicts == []
    _feed(watch, [12], speed=0.9)
    (verdict,) = watch.verdicts
    assert (verdict.part, verdict.fault, verdict.source) == ('arm', 'stop', 'telemetry')
    assert verdict.probability == pytest.approx(0.9) and verdict.onset_ns == 12 * SECOND
    _feed(watch, [13], speed=0.0)
    assert watch.verdicts[0].onset_ns == 12 * SECOND
    _feed(watch, [14], speed=0.0)
    assert watch.verdicts == []


def test_temperatures_come_on_their_own():
    watch = TelemetryWatch(_Classifier('joint'))
    assert watch.missing() == ('temperature',)
    watch.set('a', 'temperature', 30.0)
    watch.set('b', 'temperature', 40.0)
    watch.set('gripper', 'temperature', 90.0)
    assert watch.missing() == ()
    _feed(watch, [10, 11, 12])
    assert watch.verdicts == []
    watch.set('b', 'temperature', 48.0)
    _feed(watch, [13])
    assert [(one.part, one.channel) for one in watch.verdicts] == [('b', 'temperature')]


def test_what_is_missing_is_told_and_held():
    classifier = _Classifier()
    watch = TelemetryWatch(classifier)
    assert watch.missing() == ('velocity', 'effort')
    _feed(watch, [10], speed=0.3)
    assert watch.missing() == ()
    _feed(watch, [11], speed=np.nan)
    assert classifier.rows[-1][0, 3] == pytest.approx(0.3)
