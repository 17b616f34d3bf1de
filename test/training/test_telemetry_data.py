"""Recordings as a row a second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.telemetry_data import is_telemetry, telemetry_run, TelemetryData
from test.training.telemetry_support import log_of_stops, Recordings, warming


def test_a_row_a_second_shows_the_newest_sample():
    recording = warming('w', [('b', 100.0, 120.0)])
    run = telemetry_run(recording)
    assert run.samples.shape == (300, 4, 2) and run.cycles is None
    assert run.time_s[:3] == pytest.approx([0, 1, 2])
    assert run.samples[7, 0, 0] == pytest.approx(
        recording.joints.position[70, 0] * np.radians(0.24)
    )
    labels = run.labels(('over_temperature',), 'joint')
    assert labels.sum(axis=0).tolist() == [0, 20] and labels[100:120, 1].all()


def test_the_view_follows_the_labels():
    heat = TelemetryData(Recordings(('over_temperature',), warming('w', [('a', 50, 60)])))
    stops = TelemetryData(Recordings(('protective_stop',), log_of_stops()))
    assert (heat.view, stops.view) == ('joint', 'arm')
    run = stops.runs[0]
    assert run.cycles[0] == 1 and run.labels(('protective_stop',), 'arm').shape == (401, 1)
    assert run.rows('arm').shape[:2] == (401, 1) and heat.runs[0].rows('joint').shape[1] == 2


def test_what_counts_as_slow_joint_data():
    recording = warming('w', [])
    fast = replace(recording, channels={})
    assert is_telemetry(Recordings((), recording)) and is_telemetry(Recordings((), log_of_stops()))
    assert not is_telemetry(Recordings((), fast))


def test_sets_of_no_use_are_refused():
    unlabelled = replace(log_of_stops(), intervals=None)
    with pytest.raises(SettingsError, match='no labelled recording'):
        _ = TelemetryData(Recordings(('x',), unlabelled)).runs
    with pytest.raises(SettingsError, match='no fault'):
        _ = TelemetryData(Recordings(('x',), warming('w', []))).view
    other = log_of_stops()
    other = replace(other, joints=replace(other.joints, names=('a', 'c')))
    with pytest.raises(SettingsError, match='different joints'):
        _ = TelemetryData(Recordings(('x',), log_of_stops(), other)).runs
