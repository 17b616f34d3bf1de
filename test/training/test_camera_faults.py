"""Faults of the cell's camera against what the diagnosis says of its pictures."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.faults import CAMERA_FAULTS
from factory_perception.faults.alarm_book import Change
from factory_perception.faults.scoring import alarms_of
from factory_perception.training import camera_faults
from factory_perception.training.camera_faults import main, measure, NAMES, play, true_faults


@pytest.mark.parametrize('kind', ['underexposed', 'frozen_frame'])
def test_a_bad_fault_is_told_by_its_name_while_it_is_there(kind):
    habits = FaultHabits((kind,), pause_s=(1.0, 1.0), severity=(1.0, 1.0), first_s=12.0)
    alarms = alarms_of(play(1, 20.0, (habits,)), 20.0)
    assert [alarm.names[0][0] for alarm in alarms] == [NAMES[kind]]
    assert 12.5 < alarms[0].raised_s < 18.0


def test_healthy_pictures_raise_nothing():
    assert play(2, 15.0, ()) == []


def test_every_fault_of_the_camera_has_a_name():
    assert set(NAMES) == set(CAMERA_FAULTS)
    truths = true_faults(3, 300.0)
    assert {one.kind for one in truths} == set(NAMES.values())
    assert all(30.0 < one.onset_s < one.end_s for one in truths)


@pytest.fixture
def cries_at_noon(monkeypatch):
    """A diagnosis that calls every camera dark at once, and never anything else."""
    dark = SimpleNamespace(part='camera', fault='camera_dark')
    changes = [Change('raised', dark, 10**9), Change('cleared', dark, 2 * 10**9)]
    monkeypatch.setattr(camera_faults, 'play', lambda seed, seconds, habits: changes)


def test_alarms_of_healthy_cells_are_false_ones(cries_at_noon):
    found = measure([1, 2], 300.0)
    assert found['false_alarms'] == 4 and found['false_alarms_per_hour'] == pytest.approx(12.0)
    assert found['event_recall'] == 0.0 and found['events'] > 8


def test_the_figures_are_written(cries_at_noon, tmp_path, capsys):
    assert main(['--seeds', '1', '--minutes', '2', '--json', str(tmp_path / 'found.json')]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / 'found.json').read_text())
