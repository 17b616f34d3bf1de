"""What must never reach a robot: poisoned training data, an int8 that never saw a real picture."""

from __future__ import annotations

from dataclasses import replace
import json

import numpy as np
import pytest

from factory_perception.model_store.store import ModelStore
from factory_perception.training.candidate import build_candidate
from factory_perception.training.data import Example
from factory_perception.training.detection_recipe import DetectionRecipe
from factory_perception.training.order import Order
from factory_perception.training.produce import produce
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.setting_tree import SettingsError
from factory_perception.training.settings import load_settings
from factory_perception.training.weights import start_from_model
from factory_perception.vision.detections import Detections
from test.training.shapes import Shapes

pytestmark = pytest.mark.slow

ALONE = {'export.fp16': 'false', 'export.int8': 'false'}
VALIDATION = Shapes(48, seed=1)


class Shuffled(Shapes):
    """Every picture has the labels of another one."""

    def read(self, index):
        other = super().read((index + 7) % len(self))
        return replace(super().read(index), boxes=other.boxes)


class Flat(Shapes):
    """Pictures that show nothing at all."""

    def read(self, index):
        return Example(np.full((96, 128, 3), 114, np.uint8), Detections.empty())


def order(store, folder, data, **settings):
    return Order(
        'shapes', DetectionRecipe(), data, VALIDATION, load_settings('tiny', None, settings), store,
        RunFolder(folder), 'test', {'model': 'Apache-2.0', 'data': 'none'},
    )  # fmt: skip


@pytest.fixture(scope='module')
def world(tmp_path_factory):
    """Train one detector that works; give its store and a folder for runs."""
    folder = tmp_path_factory.mktemp('world')
    store = ModelStore((folder / 'models',))
    steps = {**ALONE, 'fit.epochs': '10'}
    first = produce(order(store, folder / 'first', Shapes(192), **steps), lambda _: None, print)
    assert first.manifest.metrics['fp32']['map50'] > 0.7
    return store, folder


def train_on(world, data, run, **settings):
    """Go on from the champion with other data; give the new version and what was said."""
    store, folder = world
    said: list[str] = []
    steps = {**ALONE, 'model.start_from': 'shapes', **settings}
    made = produce(order(store, folder / run, data, **steps), lambda _: None, said.append)
    return made, said[-1]


def test_a_poisoned_candidate_is_not_promoted_a_clean_one_is(world):
    store, _ = world
    gentle = {'fit.epochs': '1', 'fit.learning_rate': '0.00001'}
    clean, said = train_on(world, Shapes(64, seed=3), 'clean', **gentle)
    assert said.startswith('promoted') and store.champion('shapes') == clean.manifest.version
    poisoned, said = train_on(world, Shuffled(128, seed=4), 'poisoned', **{'fit.epochs': '4'})
    assert said.startswith('not promoted') and 'worse than shapes@2' in said
    assert store.champion('shapes') == clean.manifest.version
    written = poisoned.manifest.provenance['promotion']
    assert written['promoted'] is False and 'worse' in written['reason']
    assert written['comparison']['figures']['map50']['difference']['high'] < 0
    page = (poisoned.path / 'report' / 'index.html').read_text()
    assert 'Not promoted' in page and written['reason'] in page
    numbers = json.loads((poisoned.path / 'report' / 'report.json').read_text())
    assert 'promotion' in numbers['figures']
    poisoned.verify()


def test_a_share_of_the_start_needs_a_whole_model_to_start_from(world):
    store, folder = world
    data = Shapes(64, seed=3)
    asked = order(store, folder / 'kept', data, **ALONE, **{'fit.keep_start': '0.5'})
    with pytest.raises(SettingsError, match='say --from with one that has the same classes'):
        produce(asked, lambda _: None, print)
    with pytest.raises(SettingsError, match=r'fit\.keep_start'):
        train_on(world, data, 'kept', **{'fit.keep_start': '0.5', 'model.size': 's'})
    assert not (folder / 'kept' / 'last.pt').exists()


def test_int8_calibrated_on_constant_pictures_is_refused(world):
    store, folder = world
    found = {}
    for name, data in (('real', Shapes(16)), ('flat', Flat(16))):
        steps = {'export.fp16': 'false', 'model.input_wh': '[128, 96]'}
        asked = order(store, folder / name, data, **steps)
        network = asked.recipe.network(asked.settings, data)
        start_from_model(network, store.find('shapes@1'))
        found[name] = build_candidate(asked, network.eval(), print)
    (verdict,) = found['flat'].verdicts
    assert verdict.precision == 'int8' and not verdict.kept
    assert 'more than the' in verdict.reason
    assert 'int8.onnx' not in found['flat'].files
    lost = {
        name: one.measured['fp32']['map50'] - one.measured['int8']['map50']
        for name, one in found.items()
    }
    assert lost['flat'] > lost['real'] + 0.01
