"""One folder a class."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.image_folder(tmp_path))
    assert (data.task, data.classes, len(data)) == ('classify', ('cat', 'dog'), 12)
    assert [data.read(n).label for n in (0, 11)] == [0, 1]
    assert data.read(0).boxes is None and data.name(11) == 'dog/dog_5.png'


def test_parts(tmp_path):
    makers.image_folder(tmp_path, below='train')
    makers.image_folder(tmp_path, ('dog', 'eel'), 2, below='val')
    train, val = (open_dataset(tmp_path, split=part) for part in ('train', 'val'))
    assert train.classes == val.classes == ('cat', 'dog', 'eel')
    assert len(train) == 12 and [val.read(n).label for n in range(4)] == [1, 1, 2, 2]


def test_anomaly_needs_a_good_class(tmp_path):
    makers.image_folder(tmp_path, ('dent', 'OK', 'scratch'), 3)
    data = open_dataset(tmp_path, 'anomaly')
    assert data.classes == ('good', 'anomalous')
    labels = {data.name(n): data.read(n).label for n in range(len(data))}
    assert labels['OK/OK_0.png'] == 0 and labels['dent/dent_0.png'] == 1
    makers.image_folder(tmp_path / 'other')
    refuses(tmp_path / 'other', 'no folder is called good, ok, normal', task='anomaly')


def test_only_good_pictures(tmp_path):
    makers.image_folder(tmp_path, ('good',), 5)
    assert len(open_dataset(tmp_path, 'anomaly')) == 5


def test_a_broken_picture(tmp_path):
    makers.text(makers.image_folder(tmp_path) / 'cat/cat_3.png', 'broken')
    with pytest.raises(ValueError, match=r'cat/cat_3.png: no readable picture \(6 bytes\)'):
        open_dataset(tmp_path).read(3)
    data = skips(tmp_path, 1)
    assert len(data) == 11 and 'cat/cat_3.png' not in [data.name(n) for n in range(11)]


def test_pictures_outside_the_folders(tmp_path):
    makers.picture(makers.image_folder(tmp_path) / 'lost.png')
    assert open_dataset(tmp_path).problems[0].text.startswith('1 pictures lie in no folder')


@pytest.mark.parametrize('beside', ['notes.txt', 'boxes.csv', 'a.xml', 'b.json'])
def test_folders_with_label_files_are_something_else(tmp_path, beside):
    makers.text(makers.image_folder(tmp_path) / 'cat' / beside, 'x')
    refuses(tmp_path, 'is no data set that is known here')
