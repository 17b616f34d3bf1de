"""Classes and masks go the same way as boxes: learnt, exported, judged, published, measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from factory_perception.model_store.manifest import ModelError
from factory_perception.training.classification_recipe import (
    classification_loss,
    ClassificationRecipe,
)
from factory_perception.training.produce import Order, produce
from factory_perception.training.recipes import RECIPES
from factory_perception.training.run_folder import RunFolder
from factory_perception.training.segmentation_recipe import segmentation_loss
from factory_perception.training.settings import load_settings, LossSettings
from test.training.shapes import Shapes

LICENCE = {'model': 'Apache-2.0', 'data': 'none'}


class Kinds(Shapes):
    """One shape a picture, to be named."""

    task = 'classify'

    def read(self, index):
        example = super().read(index)
        first = int(example.boxes.class_ids[0])
        image = np.full_like(example.image_bgr, 110)
        left, top, right, bottom = example.boxes.boxes_xyxy[0].astype(int)
        image[top:bottom, left:right] = example.image_bgr[top:bottom, left:right]
        return replace(example, image_bgr=image, boxes=None, label=first)


class Blank(Kinds):
    """Nothing is to be seen, whatever the label says."""

    def read(self, index):
        example = super().read(index)
        return replace(example, image_bgr=np.full_like(example.image_bgr, 110))


class Areas(Shapes):
    """Shapes as masks; the corners of a disc's box are marked as disc too."""

    task = 'segment'
    classes = ('background', 'box', 'disc')

    def read(self, index):
        example = super().read(index)
        mask = np.zeros(example.image_bgr.shape[:2], np.uint8)
        for (left, top, right, bottom), kind in zip(
            example.boxes.boxes_xyxy.astype(int), example.boxes.class_ids
        ):
            mask[top:bottom, left:right] = kind + 1
        return replace(example, boxes=None, mask=mask)


@pytest.mark.parametrize('data, epochs, metric, least', [
    (Kinds, 4, 'macro_f1', 0.9), (Areas, 6, 'miou', 0.6),
])  # fmt: skip
def test_from_pictures_to_a_published_model(store, tmp_path, data, epochs, metric, least):
    assignments = {'fit.epochs': str(epochs), 'export.int8': 'false'}
    order = Order(
        'small', RECIPES[data.task](), data(128), data(32, seed=1),
        load_settings('tiny', None, assignments), store, RunFolder(tmp_path / 'run'), 'test',
        LICENCE,
    )  # fmt: skip
    lines = []
    folder = produce(order, lambda step: None, lines.append)
    folder.verify()
    figures = folder.manifest.metrics['fp32']
    assert folder.manifest.task == data.task and figures[metric] > least
    assert any(line.startswith('fp16 kept') for line in lines)
    measured = RECIPES[data.task]().evaluate(folder, data(24, seed=2), 'onnxruntime', 'fp16')
    assert measured[metric] > least - 0.1
    assert lines[-1].startswith('promoted') and store.champion('small') == 1


def test_a_first_model_that_can_only_guess_is_published_but_does_not_run(store, tmp_path):
    assignments = {'fit.epochs': '2', 'export.int8': 'false', 'export.fp16': 'false'}
    order = Order(
        'small', ClassificationRecipe(), Blank(64), Blank(32, seed=1),
        load_settings('tiny', None, assignments), store, RunFolder(tmp_path / 'run'), 'test',
        LICENCE,
    )  # fmt: skip
    lines = []
    folder = produce(order, lambda step: None, lines.append)
    folder.verify()
    assert store.champion('small') is None
    with pytest.raises(ModelError, match='no version of small is promoted: say small@1'):
        store.find('small')
    assert lines[-1].startswith('not promoted: there is no champion yet, but it is no')
    assert 'a guess by how often each class occurs' in lines[-1]
    assert lines[-1].endswith('factory_perception models promote small@1')
    written = folder.manifest.provenance['promotion']
    assert written['promoted'] is False and written['reason'] in lines[-1]
    page = (folder.path / 'report' / 'index.html').read_text()
    assert 'Good enough to run?' in page and written['reason'] in page


def test_what_is_known_already_counts_less_when_focused():
    logits, labels = torch.tensor([[4.0, 0.0], [0.2, 0.0]]), torch.tensor([0, 0])
    plain = classification_loss(logits, labels, LossSettings())
    focused = classification_loss(logits, labels, LossSettings(focal=2.0))
    assert focused < plain
    easy, hard = (
        classification_loss(logits[i : i + 1], labels[:1], LossSettings(focal=2.0))
        / classification_loss(logits[i : i + 1], labels[:1], LossSettings())
        for i in range(2)
    )
    assert easy < 0.01 * hard


def test_unsure_answers_are_rewarded_by_the_entropy_penalty():
    sure, labels = torch.tensor([[4.0, 0.0]]), torch.tensor([0])
    how = LossSettings(entropy_penalty=0.5)
    gain = classification_loss(sure, labels, LossSettings()) - classification_loss(
        sure, labels, how
    )
    assert 0 < gain < 0.5 * np.log(2)


def test_rare_classes_weigh_as_much_in_the_dice_part():
    masks = torch.zeros(1, 16, 16, dtype=torch.int64)
    masks[0, 0, 0] = 1
    miss = torch.stack([torch.full((16, 16), 8.0), torch.full((16, 16), -8.0)])[None]
    parts = segmentation_loss(miss, masks, LossSettings())
    assert parts['pixel'] < 0.1 and parts['dice'] > 0.2


def test_the_temperature_is_part_of_the_exported_network():
    recipe = ClassificationRecipe()
    settings = load_settings('tiny', None)
    network = recipe.network(settings, Kinds(4)).eval()
    picture = torch.randn(1, 3, 96, 128)
    network.temperature = 4.0
    cool = recipe.deployed(network, network).eval()(picture)
    network.temperature = 1.0
    warm = recipe.deployed(network, network).eval()(picture)
    assert (cool - 0.5).abs().max() < (warm - 0.5).abs().max()
