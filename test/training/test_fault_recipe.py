"""A whole fault training on a few arms: learnt, measured, judged, published, told."""

from __future__ import annotations

import pytest
import torch

from factory_perception.engines.selection import open_engine
from factory_perception.faults.classifier import read_fault_model
from factory_perception.training import cell_faults, fault_answers
from factory_perception.training.cell_faults import CellFaults, TAUGHT_HABITS
from factory_perception.training.distributed import Team
from factory_perception.training.fault_evaluation import event_figures
from factory_perception.training.fault_events import set_events
from factory_perception.training.fault_recipe import FaultRecipe
from factory_perception.training.produce import Order, produce
from factory_perception.training.report.report import plain
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.settings import load_settings

LICENCE = {'model': 'Apache-2.0', 'data': 'none'}
ALONE = Team(0, 1, torch.device('cpu'))
FEW = 'The alarm thresholds were set on 0.02 healthy hours'


@pytest.mark.slow
def test_a_few_arms_become_a_version_that_is_not_promoted(store, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_faults, 'RUN_S', 24.0)
    asked, said = [], []
    monkeypatch.setattr(
        fault_answers, 'set_events', lambda *what: asked.append(what) or set_events(*what)
    )
    data, held = CellFaults(6, 0, 2, TAUGHT_HABITS), CellFaults(4, 1_000_000, 3)
    order = Order(
        'arms', FaultRecipe(), data, held, load_settings('tiny', None, {'fit.epochs': '1'}), store,
        RunFolder(tmp_path / 'run'), 'train', LICENCE,
    )  # fmt: skip
    folder = produce(order, lambda step: None, said.append)
    made = folder.manifest.provenance
    assert store.champion('arms') is None and not made['promotion']['promoted']
    assert 'better than' in made['promotion']['reason']
    assert made['notes'][0].startswith(FEW) and made['notes'][0] in said
    assert FEW in (folder.path / 'report' / 'index.html').read_text()
    assert len(asked) == 4  # arms with faults and without, with the model and without: once each
    model = read_fault_model(folder)
    lines = {kind: model.thresholds[f'strange_{kind}'] for kind in model.kinds}
    assert all(0 <= line <= 1 for line in lines.values())
    assert not any(lines[kind] for kind in model.whole)
    with open_engine(folder, 'onnxruntime', 'fp32') as engine:
        figures = event_figures(held.faulty, held.healthy, model.calibration, (model, engine))
    published = folder.manifest.metrics['fp32']
    assert figures['events'] > 3 and {name: published[name] for name in figures} == plain(figures)


def test_width_and_window_are_those_of_the_settings(monkeypatch):
    monkeypatch.setattr(cell_faults, 'RUN_S', 24.0)
    data, held = CellFaults(6, 0, 2, TAUGHT_HABITS), CellFaults(4, 1_000_000, 3)
    settings = load_settings('tiny', None, {'fault.hidden': '24', 'fault.window': '37'})
    recipe = FaultRecipe()
    network = recipe.network(settings, data)
    assert network.hidden == 24
    lesson = recipe.lesson(network, data, held, settings, ALONE)
    rows, labels = next(iter(lesson.batches(0, 0.0)))
    assert rows.shape[1] == labels.shape[1] == 37
    longer = load_settings('tiny', None, {'fault.window': '5000'})
    rows, _ = next(iter(recipe.lesson(network, data, held, longer, ALONE).batches(0, 0.0)))
    assert rows.shape[1] == 599  # of the 600 frames that these runs have
