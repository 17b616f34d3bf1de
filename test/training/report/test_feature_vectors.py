"""A vector is the mean of what the trunk saw of one thing, wherever it lies."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from factory_perception.training.data import Example
from factory_perception.training.report.feature_vectors import collect_features, regions
from factory_perception.training.settings import ModelSettings
from factory_perception.vision.detections import Detections
from test.training.report.samples import OneShape
from test.training.shapes import Shapes

MODEL = ModelSettings(input_wh=(128, 96))


class Colours(nn.Module):
    """Give the colour of coarse cells at every level."""

    def forward(self, images):
        return [nn.functional.avg_pool2d(images, size) for size in (4, 8, 16, 32)]


@pytest.mark.parametrize('task', ['detect', 'segment'])
def test_things_of_one_colour_lie_together(task):
    data = Shapes(20) if task == 'detect' else OneShape(20, task)
    found = collect_features(Colours(), data, MODEL)
    box, disc = (data.classes.index(name) for name in ('box', 'disc'))
    bright, dark = (found.vectors[found.ids == one].mean(1) for one in (box, disc))
    assert bright.min() > dark.max()
    assert found.vectors.shape == (len(found.ids), 3)


def test_whole_pictures_have_one_vector_each():
    found = collect_features(Colours(), OneShape(9, 'classify'), MODEL)
    assert len(found.ids) == 9 and found.what == 'pictures'


def test_a_box_smaller_than_a_pixel_still_has_a_place():
    tiny = Detections(
        np.array([[5.1, 5.1, 5.2, 5.2]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int32)
    )
    ((class_id, mask),) = regions(Example(np.zeros((20, 20, 3), np.uint8), tiny))
    assert class_id == 0 and (mask > 0).sum() == 1


def test_nothing_to_see_gives_no_vectors():
    class Empty(Shapes):
        def read(self, index):
            return Example(super().read(index).image_bgr, Detections.empty())

    found = collect_features(Colours(), Empty(3), MODEL)
    assert found.vectors.shape[0] == 0 and torch.is_grad_enabled()
