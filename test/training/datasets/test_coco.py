"""COCO: values, several files, and every bad input with its message."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.cell.coco import write_coco
from factory_perception.cell.dataset import PictureSource
from factory_perception.cell.parts import CLASSES
from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses, skips


def test_boxes_and_classes(tmp_path):
    data = open_dataset(makers.coco(tmp_path))
    assert data.task == 'detect' and data.classes == ('bolt', 'nut') and len(data) == 3
    assert [data.name(n) for n in range(3)] == [f'images/pic_{n}.png' for n in range(3)]
    example = data.read(1)
    assert np.array_equal(example.image_bgr, makers.pixels(1))
    assert example.boxes.boxes_xyxy.tolist() == [[10, 5, 30, 15]]
    assert example.boxes.class_ids.tolist() == [0]
    assert example.mask is None and example.label is None and example.template_bgr is None


def test_masks(tmp_path):
    data = open_dataset(makers.coco(tmp_path), 'segment')
    assert data.task == 'segment' and data.classes == ('background', 'bolt', 'nut')
    mask = data.read(0).mask
    assert (mask[5:15, 10:30] == 1).all() and (mask == 1).sum() == 200


def test_crowds_are_left_out_and_noted(tmp_path):
    makers.coco(tmp_path, 1)
    makers.edit_json(tmp_path / 'annotations.json',
                     lambda c: c['annotations'][0].update(iscrowd=1))  # fmt: skip
    data = open_dataset(tmp_path)
    assert len(data.read(0).boxes) == 0 and data.problems[0].kind == 'crowd'


@pytest.mark.parametrize(
    ('train', 'val'),
    [
        ('annotations/instances_train2017.json', 'annotations/instances_val2017.json'),
        ('train.json', 'val.json'),
        ('coco/train/_annotations.coco.json', 'coco/valid/_annotations.coco.json'),
    ],
)
def test_parts_by_file_names(tmp_path, train, val):
    makers.coco(tmp_path, 3, train)
    makers.coco(tmp_path, 2, val, first=10)
    parts = {part: open_dataset(tmp_path, split=part) for part in ('train', 'val', 'valid')}
    assert [data.name(0) for data in parts.values()] == [
        'images/pic_0.png', 'images/pic_10.png', 'images/pic_10.png'
    ]  # fmt: skip
    assert [len(data) for data in parts.values()] == [3, 2, 2]


def test_pictures_beside_the_file(tmp_path):
    makers.coco(tmp_path / 'train', 2, '_annotations.coco.json')
    for n in range(2):
        (tmp_path / f'train/images/pic_{n}.png').rename(tmp_path / f'train/pic_{n}.png')
    assert open_dataset(tmp_path).name(0) == 'train/pic_0.png'


def first_box(**values):
    return lambda content: content['annotations'][0].update(values)


BAD = [
    (first_box(bbox=[10, 5, 0, 10]), r'annotation 100: a box without width or height'),
    (first_box(bbox=[10, 5, 'x', 10]), 'width of annotation 100 is "x", no finite number'),
    (first_box(bbox=[10, 5, 20]), '3 values instead of 4'),
    (first_box(bbox=None), 'annotation 100 has no "bbox"'),
    (first_box(category_id=8), 'annotation 100: category 8 is not listed'),
    (first_box(category_id=[7]), r'category \[7\] is not listed'),
    (first_box(image_id=99), '1 annotations are of image 99, which is not listed'),
    (lambda c: c['images'][0].update(file_name='gone.png'), 'there is no picture "gone.png"'),
    (lambda c: c['images'][0].update(file_name='../../etc/x.png'), 'leads out of the data folder'),
    (lambda c: c['images'][0].update(width='wide'), 'width of .* is "wide"'),
    (lambda c: c['images'][1].update(id=1), 'two images have the id 1'),
    (lambda c: c['images'].append({**c['images'][0], 'id': 50}), 'pic_0.png is in two annotation'),
]


@pytest.mark.parametrize(('edit', 'message'), BAD)
def test_bad_entries_are_named_and_can_be_skipped(tmp_path, edit, message):
    makers.coco(tmp_path)
    makers.edit_json(tmp_path / 'annotations.json', edit)
    error = refuses(tmp_path, message)
    assert 'annotations.json' in str(error) and '--skip-bad' in str(error)
    assert len(open_dataset(tmp_path, skip_bad=True)) >= 2


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (first_box(segmentation=[]), 'annotation 100 has no outline'),
        (first_box(segmentation=[[1, 2, 3, 4]]), 'an outline of fewer than three points'),
        (first_box(segmentation=[[1, 2, 3, 4, 5, 'z']]), 'annotation 100, outline is "z"'),
    ],
)
def test_bad_outlines(tmp_path, edit, message):
    makers.coco(tmp_path)
    makers.edit_json(tmp_path / 'annotations.json', edit)
    refuses(tmp_path, message, task='segment')
    assert len(skips(tmp_path, 1, task='segment')) == 2


@pytest.mark.parametrize(
    ('edit', 'message'),
    [
        (lambda c: c['categories'].append({'id': 3, 'name': 'bolt'}), 'have the same name'),
        (
            lambda c: c['categories'].append({'id': 7, 'name': 'screw'}),
            'category 7 is "screw" here',
        ),
        (lambda c: c['categories'].append({'id': 'a', 'name': 'b'}), 'a category id is "a"'),
        (lambda c: c.update(annotations={'a': 1}), '"annotations" is no list of objects'),
    ],
)
def test_a_broken_file_cannot_be_skipped(tmp_path, edit, message):
    makers.coco(tmp_path)
    makers.edit_json(tmp_path / 'annotations.json', edit)
    for skip_bad in (False, True):
        refuses(tmp_path, message, skip_bad=skip_bad)


def test_broken_json_has_a_line(tmp_path):
    makers.coco(tmp_path)
    content = (tmp_path / 'annotations.json').read_text()
    (tmp_path / 'annotations.json').write_text('\n\n' + content[:-5])
    assert 'annotations.json line 3: is broken JSON' in str(refuses(tmp_path, 'broken JSON'))


def test_a_picture_of_another_size(tmp_path):
    makers.coco(tmp_path)
    makers.picture(tmp_path / 'images/pic_1.png', 5, 40, 60)
    data = open_dataset(tmp_path)
    with pytest.raises(ValueError, match=r'pic_1.png: the picture has 40 x 60 pixels, its labels'):
        data.read(1)
    assert [skips(tmp_path, 1).name(n) for n in range(2)] == [
        'images/pic_0.png',
        'images/pic_2.png',
    ]


def test_sizes_that_are_not_given(tmp_path):
    makers.coco(tmp_path)
    makers.edit_json(tmp_path / 'annotations.json',
                     lambda c: c['images'][0].update(width=None, height=0))  # fmt: skip
    assert len(open_dataset(tmp_path).read(0).boxes) == 1


def test_pictures_of_the_embedded_cell(tmp_path):
    write_coco(tmp_path, [3, 4], jpeg_quality=None)
    data = open_dataset(tmp_path)
    assert data.classes == CLASSES and len(data) == 2
    image, truth = PictureSource().sample(4)
    example = data.read(1)
    assert np.array_equal(example.image_bgr, image)
    assert np.allclose(example.boxes.boxes_xyxy, truth.boxes_xyxy, atol=1e-4)
    assert np.array_equal(example.boxes.class_ids, truth.class_ids)
