"""The trained layer, on a shipped model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
import shutil

import numpy as np
import pytest

from factory_perception.engines.selection import open_engine
from factory_perception.faults import calibration, following
from factory_perception.faults.calibration import CalibrationError
from factory_perception.faults.classifier import FaultClassifier, read_fault_model, TREES_FILE
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.faults.frame import Block, FrameMaker
from factory_perception.faults.observer import Observer
from factory_perception.model_store.folder import open_folder
from factory_perception.model_store.manifest import ModelError, OutdatedModelError

MODEL = Path(__file__).parents[2] / 'models' / 'armpi_faults' / '2'
SERVO, STEP_S = 3, 0.1


@pytest.fixture(scope='module')
def parts():
    folder = open_folder(MODEL)
    model = read_fault_model(folder)
    with open_engine(folder, 'onnxruntime', 'fp32') as engine:
        yield model, engine


def _probabilities(parts, off_rad):
    """Give the mean answer for a servo that moves beside its command."""
    classifier, maker = FaultClassifier(*parts), FrameMaker(STEP_S, 1)
    observer, answers = Observer(parts[0].calibration, STEP_S), []
    for number in range(60):
        reference = np.full((1, 6), 2.0 + 0.3 * np.sin(number * STEP_S))
        position = reference.copy()
        position[:, SERVO] += off_rad
        absent = np.full_like(position, np.nan)
        frame = maker.make(Block(position, absent, absent, reference))
        opinion = classifier.update(observer.update(frame))
        assert opinion.probabilities.sum(axis=1) == pytest.approx(np.ones(6))
        assert ((opinion.p_values > 0) & (opinion.p_values <= 1)).all()
        answers.append(opinion.probabilities)
    return np.mean(answers[30:], axis=0)


def test_a_servo_beside_its_command_is_blamed_and_no_other(parts):
    fine, off = _probabilities(parts, 0.0), _probabilities(parts, 0.2)
    assert off[SERVO, 1:].sum() > 0.5 > fine[SERVO, 1:].sum()
    assert (np.delete(off[:, 1:].sum(axis=1), SERVO) < 0.5).all()


def test_where_the_network_has_no_doubt_the_trees_are_not_asked(parts):
    model = replace(parts[0], thresholds={'doubt': 1.1}, trees=None)
    assert _probabilities((model, parts[1]), 0.0).shape == (6, len(model.kinds) + 1)


def test_a_model_that_was_learned_earlier_has_one_spread_for_all_kinds(parts):
    strangeness = parts[0].strangeness
    assert np.load(MODEL / 'stack.npz')['whiten'].ndim == 2
    assert strangeness.whiten.shape == (len(parts[0].kinds) + 1, *strangeness.whiten[0].shape)
    assert (strangeness.whiten == strangeness.whiten[0]).all()


def test_a_model_of_other_joints_is_refused_with_both_lists(parts):
    with pytest.raises(CalibrationError, match=r'm1, m2.*the robot has left, right'):
        Diagnoser(['left', 'right'], DiagnoserSettings(), classifier=FaultClassifier(*parts))


def test_a_model_that_looks_at_other_figures_is_refused_as_outdated(monkeypatch):
    monkeypatch.setattr(following, 'COUNT', 3)
    with pytest.raises(OutdatedModelError, match='at 60 figures of a joint, this version'):
        read_fault_model(open_folder(MODEL))


def test_a_model_with_other_watches_is_refused_as_outdated(monkeypatch):
    monkeypatch.setattr(calibration, 'WATCHES', calibration.WATCHES[1:])
    with pytest.raises(OutdatedModelError, match='of another version of factory_perception: train'):
        read_fault_model(open_folder(MODEL))


def test_a_changed_file_is_refused(tmp_path):
    copy = shutil.copytree(MODEL, tmp_path / '1')
    data = (copy / TREES_FILE).read_bytes()
    (copy / TREES_FILE).write_bytes(data[:-1] + b'?')
    with pytest.raises(ModelError, match='not the file that was published'):
        read_fault_model(open_folder(copy))


def test_a_model_for_another_task_is_refused():
    folder = open_folder(MODEL.parents[1] / 'joint_forecast' / '1')
    with pytest.raises(ModelError, match='not for joint faults'):
        read_fault_model(folder)
