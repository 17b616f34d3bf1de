"""The warm places are those that the answer came from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from factory_perception.training.data import Example
from factory_perception.training.networks.detection import Predictions
from factory_perception.training.report.looking import looked_at, looking_pictures, overlaid
from factory_perception.training.settings import ModelSettings
from test.training.report.samples import OneShape
from test.training.shapes import Shapes

MODEL = ModelSettings(input_wh=(64, 64))


class Eye(nn.Module):
    """Give the picture itself in coarse cells, as a trunk would."""

    def forward(self, images):
        return [nn.functional.avg_pool2d(images.abs(), 8)]


class HalfBlind(nn.Module):
    """Class 0 looks at the left half, class 1 at the right one; in the form of each task."""

    def __init__(self, task):
        super().__init__()
        self.trunk, self.task = Eye(), task

    def forward(self, images):
        cells = self.trunk(images)[0].mean(1)  # (B, 8, 8)
        if self.task == 'classify':
            return torch.stack([cells[:, :, :4].mean((1, 2)), cells[:, :, 4:].mean((1, 2))], 1)
        left, right = cells.clone(), cells.clone()
        left[:, :, 4:], right[:, :, :4] = -9, -9
        both = torch.stack([left, right], 1)  # (B, 2, 8, 8)
        if self.task == 'segment':
            return torch.cat([torch.zeros_like(both[:, :1]), both], 1)  # background first
        logits = both.flatten(2).transpose(1, 2)
        return Predictions(torch.zeros(*logits.shape[:2], 4), logits)


@pytest.mark.parametrize('task', ['classify', 'detect', 'segment'])
@pytest.mark.parametrize('class_id', [0, 1])
def test_warm_is_where_the_answer_came_from(task, class_id):
    network = HalfBlind(task).requires_grad_(False)  # frozen parts must not hide anything
    example = Example(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8), label=0)
    asked = class_id + (task == 'segment')
    heat, score = looked_at(network, network.trunk, example, asked, MODEL)
    assert heat.shape == (64, 64) and heat.max() == 1 and 0 < score <= 1
    seen, unseen = (heat[:, :28], heat[:, 36:])[:: 1 if class_id == 0 else -1]
    assert seen.mean() > 20 * unseen.mean()
    assert not network.trunk._forward_hooks


def test_pictures_that_are_not_square_keep_their_places():
    network = HalfBlind('classify')
    example = Example(np.full((32, 64, 3), 255, np.uint8), label=0)
    heat, _ = looked_at(network, network.trunk, example, 0, MODEL)
    assert heat.shape == (32, 64) and heat[:, :28].min() > 0.5 and heat[:, 36:].max() < 0.1


@pytest.mark.parametrize('task', ['classify', 'detect', 'segment'])
def test_one_picture_a_class(task):
    data = Shapes(12) if task == 'detect' else OneShape(12, task)
    network = HalfBlind(task)
    pictures = looking_pictures(network, network.trunk, data, MODEL)
    names = [picture.caption.split(',')[0] for picture in pictures]
    assert names == ['box', 'disc']


def test_cold_places_keep_the_picture():
    image = np.full((40, 420, 3), 100, np.uint8)
    heat = np.zeros((40, 420), np.float32)
    heat[:, 210:] = 1
    drawn = overlaid(image, heat)
    assert (drawn[:, :200] == 100).all() and (drawn[:, 220:] != 100).any()
