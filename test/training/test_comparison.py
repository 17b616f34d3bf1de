"""Two models on the same pictures: better, worse, or not to be told apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from factory_perception.model_store.manifest import ModelError
from factory_perception.training.comparison import compare
from factory_perception.training.report.report import plain
from test.training.report.samples import classes, detections, masks, OneShape
from test.training.shapes import Shapes

LABELS = ('a', 'b')
PICTURES = Shapes(60, seed=1)


def test_the_better_one_is_named_whichever_comes_first():
    good, bad = detections(PICTURES, drop=0.02), detections(PICTURES, drop=0.5)
    found = compare(LABELS, good, bad)
    assert found.better == 'a' and found.figures['map50'].difference.high < 0
    assert found.sentence.startswith('a is better than b: map50 ')
    turned = compare(LABELS, bad, good)
    assert turned.better == 'b' and turned.sentence.startswith('b is better than a')
    assert 'on the same 60 pictures' in turned.sentence


def test_what_cannot_be_told_is_said_with_what_it_would_take():
    found = compare(LABELS, detections(PICTURES, 1), detections(PICTURES, 2))
    difference = found.figures['map50'].difference
    assert difference.low < 0 < difference.high
    assert found.better is None
    assert 'cannot tell a and b apart' in found.sentence
    assert 'would be needed' in found.sentence


def test_the_same_answers_are_called_the_same():
    one = detections(PICTURES)
    found = compare(LABELS, one, one)
    assert found.better is None and 'give the same map50' in found.sentence
    assert found.figures['map50'].difference.value == 0


def test_pairing_makes_the_interval_narrow():
    """Both models fail on the same hard pictures: alone they are uncertain, their gap is not."""
    data = OneShape(200, 'classify')
    first = classes(data, seed=3, wrong=0.3)
    second = classes(data, seed=3, wrong=0.36)  # the same mistakes, and some more
    pair = compare(LABELS, first, second).figures['accuracy']
    alone = pair.first.high - pair.first.low
    assert pair.difference.high - pair.difference.low < 0.7 * alone
    assert pair.difference.high < 0


@pytest.mark.parametrize(
    ('answers', 'metric'),
    [
        (detections(PICTURES), 'map50'),
        (classes(OneShape(40, 'classify')), 'macro_f1'),
        (masks(OneShape(40, 'segment')), 'miou'),
    ],
)
def test_every_task_can_be_compared_and_written(answers, metric):
    found = compare(LABELS, answers, answers)
    assert found.metric == metric and set(found.per_class) == set(answers.classes)
    assert json.loads(json.dumps(plain(found.as_json()), allow_nan=False))['sentence']


def test_answers_to_other_pictures_are_refused():
    with pytest.raises(ModelError, match=r'same questions .*60 pictures.*10 pictures'):
        compare(LABELS, detections(PICTURES), detections(Shapes(10)))


def test_a_class_that_is_in_no_picture_has_no_figure():
    one = classes(OneShape(40, 'classify'))
    only = type(one)(np.zeros(40, np.int64), one.probabilities, one.classes)
    found = compare(LABELS, only, only)
    assert np.isnan(found.per_class['disc'].first.value)
    assert not np.isnan(found.figures['macro_f1'].first.value)
