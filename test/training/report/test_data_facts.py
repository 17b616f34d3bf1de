"""Examples are counted as what they are: boxes, pictures, pictures that show a class."""

from __future__ import annotations

import pytest

from factory_perception.training.report import data_facts as module
from factory_perception.training.report.data_facts import picture_facts
from test.training.report.samples import OneShape
from test.training.shapes import Shapes


@pytest.mark.parametrize('task', ['detect', 'classify', 'segment'])
def test_every_example_is_counted(task):
    data = Shapes(30) if task == 'detect' else OneShape(30, task)
    facts = picture_facts(data)
    assert facts.count == 30 and facts.about == {'sizes': '128 x 96 (30)'} and not facts.note
    boxes = sum(len(Shapes(30).read(index).boxes) for index in range(30))
    total = sum(facts.counts.values())
    if task == 'detect':
        assert total == boxes
    elif task == 'classify':
        assert total == 30
    else:
        assert facts.counts['background'] == 30 and 30 < total <= 90


def test_of_many_some_are_counted_and_it_is_said(monkeypatch):
    monkeypatch.setattr(module, 'MOST_PICTURES', 10)
    assert picture_facts(Shapes(30)).note == 'Counted in 10 pictures drawn at random.'
