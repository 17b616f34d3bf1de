"""A model of slow joint data learns, is published, measured and refused where it does not fit."""

from __future__ import annotations

from dataclasses import replace
import json

import pytest

from factory_perception.engines.selection import open_engine
from factory_perception.faults.telemetry_model import read_telemetry_model, TelemetryClassifier
from factory_perception.model_store.folder import open_folder
from factory_perception.model_store.manifest import ModelError
from factory_perception.model_store.store import ModelStore
from factory_perception.training.assess import assess
from factory_perception.training.order import Order
from factory_perception.training.produce import produce
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import FitSettings, TrainingSettings
from factory_perception.training.telemetry_data import telemetry_run, TelemetryData
from factory_perception.training.telemetry_recipe import TelemetryRecipe
from test.conftest import ROOT
from test.training.telemetry_support import log_of_stops, Recordings, warming


def _published(folder, store, kinds, train, held):
    fit = FitSettings(epochs=1, batch=64, average_steps=5, workers=0)
    order = Order(
        'slow',
        TelemetryRecipe(),
        TelemetryData(Recordings(kinds, *train)),
        TelemetryData(Recordings(kinds, *held)),
        TrainingSettings(fit=fit),
        store,
        RunFolder(folder / 'run'),
        'test',
        {'model': 'test', 'data': 'test'},
    )
    model = produce(order, lambda step: None, lambda text: None)
    assert model is not None
    return model


@pytest.fixture(scope='module')
def stops(tmp_path_factory):
    folder = tmp_path_factory.mktemp('stops')
    logs = [log_of_stops(f'log {seed}', seed=seed) for seed in range(3)]
    store = ModelStore((folder / 'models',))
    return _published(folder, store, ('protective_stop',), logs[:2], logs[2:])


def test_events_are_found_and_the_forest_stands_beside(stops):
    fresh = TelemetryData(Recordings(('protective_stop',), log_of_stops('fresh', seed=9)))
    found = assess(stops, fresh)
    assert found['event_recall'] > 0.9 and found['false_alarms_per_cycle'] < 0.05
    assert found['event_recall_low'] <= found['event_recall'] <= found['event_recall_high']
    assert found['per_kind']['protective_stop']['events'] == found['events'] == 9
    equal = found['at_0.05_false_alarms_per_cycle']
    assert equal['not_worse_than_rival'] is True
    assert equal['rival']['event_recall'] > 0.5 and 'random forest' in found['rival']['name']
    json.dumps(found)


def test_the_report_is_there(stops):
    page = (stops.path / 'report' / 'index.html').read_text()
    assert 'Against a simple rule' in page and 'random forest' in page


def test_the_first_model_stands_against_the_forest(stops):
    written = stops.manifest.provenance['promotion']
    assert written['champion'] is None
    assert written['comparison']['first'] == 'the random forest on 4 rows of speed and effort'
    difference = written['comparison']['figures']['macro_f1']['difference']
    assert written['promoted'] is (difference['low'] > 0)


def test_the_published_model_runs_row_by_row(stops):
    model = read_telemetry_model(stops)
    run = telemetry_run(log_of_stops(seed=5))
    with open_engine(stops, 'onnxruntime', 'fp32') as engine:
        classifier = TelemetryClassifier(model, engine)
        said = [classifier.update(rows)[0, 0] for rows in run.rows('arm')]
    onset = next(row for row, one in enumerate(run.labels(model.kinds, 'arm')[:, 0]) if one)
    assert said[onset] > 0.5 > said[onset - 15]


def test_other_robots_and_faults_are_refused(stops):
    other = log_of_stops()
    other = replace(other, joints=replace(other.joints, names=('a', 'c')))
    with pytest.raises(SettingsError, match=r'knows the joints a, b; .* has a, c'):
        assess(stops, TelemetryData(Recordings(('protective_stop',), other)))
    renamed = log_of_stops()
    odd = tuple(replace(one, label='fire') for one in renamed.intervals)
    with pytest.raises(SettingsError, match='fire too'):
        assess(stops, TelemetryData(Recordings(('fire',), replace(renamed, intervals=odd))))


@pytest.mark.slow
def test_a_joint_that_grows_hot_is_named(tmp_path, store):
    kinds = ('over_temperature',)
    train = [warming(f'w{n}', [('ab'[n % 2], 100 + 10 * n, 140 + 10 * n)]) for n in range(4)]
    model = _published(tmp_path, store, kinds, train[:3], [train[3], warming('healthy', [])])
    fresh = TelemetryData(Recordings(kinds, warming('x', [('b', 60, 100)]), warming('y', [])))
    found = assess(model, fresh)
    assert found['event_recall'] == 1.0 and found['false_alarms_per_hour'] <= 6.0
    assert found['average_precision']['over_temperature']['value'] > 0.8
    assert found['recordings'] == 2 and 'at_6_false_alarms_per_hour' in found


def test_models_for_other_tasks_are_refused():
    path = ROOT / 'models' / 'armpi_faults' / '2'
    if not path.is_dir():
        pytest.skip('models/armpi_faults is not in this checkout')
    with pytest.raises(ModelError, match='for fault, not for slow joint data'):
        read_telemetry_model(open_folder(path))
