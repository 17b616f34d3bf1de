"""Figures of answers by picture are those that are published, and follow the weights."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.classification_metrics import classification_figures
from factory_perception.training.segmentation_metrics import MaskCounts
from factory_perception.vision.average_precision import average_precision
from test.training.report.samples import classes, detections, masks, OneShape
from test.training.shapes import Shapes


def ones(answers):
    return np.ones(answers.units)


def test_boxes_have_the_published_average_precision():
    answers = detections(Shapes(30), drop=0.3)
    figures = average_precision(answers.truths, answers.found, answers.classes)
    found = dict(zip([*answers.names, *answers.classes], answers.measure(ones(answers))))
    assert found['map50'] == pytest.approx(figures['map50'], abs=1e-6)
    for name, value in figures['ap50_per_class'].items():
        assert found[name] == pytest.approx(value, abs=1e-6)


def test_classes_have_the_published_f1():
    answers = classes(OneShape(50, 'classify'), wrong=0.3)
    figures = classification_figures(answers.labels, answers.probabilities, answers.classes)
    macro, accuracy, *by_class = answers.measure(ones(answers))
    assert macro == pytest.approx(figures['macro_f1'])
    assert accuracy == pytest.approx(figures['accuracy'])
    assert by_class == pytest.approx(list(figures['f1_per_class'].values()))


def test_masks_have_the_published_overlap():
    data = OneShape(10, 'segment')
    answers = masks(data)
    counts = MaskCounts(data.classes)
    for index in range(len(data)):
        counts.add(data.read(index).mask, answers.mask(index))
    figures = counts.figures()
    miou, dice, *by_class = answers.measure(ones(answers))
    assert (miou, dice) == pytest.approx((figures['miou'], figures['dice']))
    assert by_class == pytest.approx(list(figures['iou_per_class'].values()))


@pytest.mark.parametrize('task', ['detect', 'classify', 'segment'])
def test_a_picture_drawn_twice_counts_twice(task):
    data = Shapes(8) if task == 'detect' else OneShape(8, task)
    answers = {'detect': detections, 'classify': classes, 'segment': masks}[task](data)
    whole = answers.measure(ones(answers))
    assert answers.measure(2 * ones(answers)) == pytest.approx(whole, nan_ok=True)
    lone = np.zeros(8)
    lone[3] = 1
    assert not np.allclose(answers.measure(lone), whole, equal_nan=True)
