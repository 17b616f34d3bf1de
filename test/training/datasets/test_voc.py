"""Pascal VOC: values and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values_count_from_one(tmp_path):
    data = open_dataset(makers.voc(tmp_path))
    assert (data.task, data.classes, len(data)) == ('detect', ('dent', 'scratch'), 4)
    boxes = data.read(1).boxes
    assert boxes.boxes_xyxy.tolist() == [[0, 0, 60, 40]] and boxes.class_ids.tolist() == [0]


def test_classes_from_a_list(tmp_path):
    makers.voc(tmp_path)
    makers.text(tmp_path / 'classes.txt', 'scratch\nhole\ndent\n')
    data = open_dataset(tmp_path)
    assert data.classes == ('scratch', 'hole', 'dent')
    assert [data.read(n).boxes.class_ids[0] for n in range(2)] == [0, 2]
    makers.text(tmp_path / 'classes.txt', 'scratch\n')
    error = refuses(tmp_path, '"dent" is no class')
    assert 'part_1.xml line 6' in str(error)


def test_the_layout_of_the_original(tmp_path):
    makers.voc(tmp_path)
    (tmp_path / 'images').rename(tmp_path / 'JPEGImages')
    (tmp_path / 'annotations').rename(tmp_path / 'Annotations')
    for part, names in (('train', 'part_0\npart_1\npart_3'), ('val', 'part_2')):
        makers.text(tmp_path / f'ImageSets/Main/{part}.txt', names)
    makers.text(tmp_path / 'ImageSets/Main/dent_train.txt', 'part_0 -1\npart_1 1\n')
    assert len(open_dataset(tmp_path, split='train')) == 3
    assert open_dataset(tmp_path, split='val').name(0) == 'JPEGImages/part_2.png'


XML = 'annotations/part_2.xml'


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda t: t.replace('<xmax>60', '<xmax>1x'), r'part_2.xml line 6: xmax is "1x"'),
        (lambda t: t.replace('<xmax>60', '<xmax>0'), 'line 6: a box without width or height'),
        (lambda t: t.replace('<name>scratch</name>', ''), 'line 4: an object without a name'),
        (lambda t: t.replace('bndbox', 'box'), 'scratch has no <bndbox>'),
        (lambda t: t.replace('</object>', ''), 'is broken XML: mismatched tag'),
        (lambda t: '<!DOCTYPE x>' + t, 'declares a document type'),
        (lambda t: t.replace('annotation>', 'note>'), r'begins with <note>'),
        (lambda t: t.replace('<width>60', '<width>a'), 'width is "a"'),
    ],
)
def test_bad_files(tmp_path, edit, message):
    edited(makers.voc(tmp_path) / XML, edit)
    assert XML in str(refuses(tmp_path, message))
    assert len(skips(tmp_path, 1)) == 3


def test_missing_halves(tmp_path):
    makers.voc(tmp_path)
    (tmp_path / 'annotations/part_0.xml').unlink()
    data = open_dataset(tmp_path)
    assert len(data) == 3 and data.problems[0].kind == 'label-missing'
    (tmp_path / 'images/part_1.png').unlink()
    refuses(tmp_path, r'part_1.xml: has no picture part_1 \(part_1.png\)')
    assert len(skips(tmp_path, 1)) == 2


def test_filename_counts_when_the_name_does_not_fit(tmp_path):
    makers.voc(tmp_path)
    (tmp_path / 'annotations/part_0.xml').rename(tmp_path / 'annotations/0001.xml')
    assert 'images/part_0.png' in {record.name for record in open_dataset(tmp_path).records}
    edited(tmp_path / 'annotations/0001.xml', lambda t: t.replace('part_0.png', '../../x.png'))
    refuses(tmp_path, 'leads out of the data folder')


def test_a_box_of_another_picture(tmp_path):
    edited(makers.voc(tmp_path) / XML, lambda t: t.replace('<xmax>60', '<xmax>80'))
    with pytest.raises(ValueError, match=r'part_2.xml line 6: the box .* sticks out'):
        open_dataset(tmp_path).read(2)
    assert len(skips(tmp_path, 1)) == 3


def test_real_set():
    folder = data_folder('neu_det')
    sizes = {}
    for part in ('train', 'val'):
        data = open_dataset(folder, split=part)
        sizes[part] = len(data), sum(len(record.boxes) for record in data.records)
    assert sizes == {'train': (1224, 2801), 'val': (216, 534)}
    assert data.classes == ('crazing', 'inclusion', 'patches', 'pitted_surface',
                            'rolled-in_scale', 'scratches')  # fmt: skip
    everything = open_dataset(folder)
    example = everything.read([r.name for r in everything.records].index('images/crazing_1.jpg'))
    assert example.image_bgr.shape == (200, 200, 3)
    assert example.boxes.boxes_xyxy[0].tolist() == [1, 1, 193, 194]
    edges = np.concatenate([record.boxes.edges for record in everything.records])
    assert edges.min() == 0 and edges.max() == 200
