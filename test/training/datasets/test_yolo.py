"""YOLO text labels: values, settings and bad input."""

from __future__ import annotations

import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values(tmp_path):
    data = open_dataset(makers.yolo(tmp_path))
    assert (data.task, data.classes, len(data)) == ('detect', ('cup', 'lid'), 4)
    boxes = data.read(1).boxes
    assert boxes.boxes_xyxy.tolist() == [[15, 15, 45, 25]] and boxes.class_ids.tolist() == [1]


def test_polygons_are_boxes_and_masks(tmp_path):
    makers.yolo(tmp_path)
    for n in range(4):
        makers.text(tmp_path / f'labels/frame_{n}.txt', '1 0.5 0.25 0.75 0.25 0.75 0.5 0.5 0.5')
    boxes = open_dataset(tmp_path).read(0).boxes
    assert boxes.boxes_xyxy.tolist() == [[30, 10, 45, 20]]
    data = open_dataset(tmp_path, 'segment')
    assert data.classes == ('background', 'cup', 'lid')
    mask = data.read(0).mask
    assert (mask[10:20, 30:45] == 2).all() and (mask == 2).sum() == 150


def test_boxes_are_no_masks(tmp_path):
    refuses(
        makers.yolo(tmp_path), 'frame_0.txt line 1: a box, where segmentation needs', task='segment'
    )


@pytest.mark.parametrize(
    ('files', 'classes'),
    [
        ({'data.yaml': 'names: {0: a, 1: b}'}, ('a', 'b')),
        ({'data.yaml': 'path: /no/where\nnames:\n- a\n- b\n- c\n'}, ('a', 'b', 'c')),
        ({'my.yml': 'names: [a, b]'}, ('a', 'b')),
        ({'classes.txt': 'a\nb\n'}, ('a', 'b')),
        ({'labels/classes.txt': 'a\nb\n'}, ('a', 'b')),
        ({'obj.names': 'a\nb\n'}, ('a', 'b')),
        ({}, ('class 0', 'class 1')),
    ],
)
def test_class_names(tmp_path, files, classes):
    (makers.yolo(tmp_path) / 'data.yaml').unlink()
    for name, content in files.items():
        makers.text(tmp_path / name, content)
    data = open_dataset(tmp_path)
    assert data.classes == classes
    assert ('only numbers' in str(data.problems)) == (not files)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('names: [a, b]\nnc: 3', '"nc" is 3, but there are 2 names'),
        ('names: [a, a]', 'a class name is there twice'),
        ('names: {0: a, 2: b}', '"names" has the numbers 0, 2'),
        ('names: [a', r'data.yaml line \d: is broken YAML'),
        ('names: [a, b]\nx: !!python/object/apply:os.system [ls]', 'is broken YAML'),
        ('names: word', '"names" is no list'),
        ('names: [a]', r'frame_1.txt line 1: class 1 of 1 classes \(a\)'),
    ],
)
def test_bad_settings(tmp_path, content, message):
    makers.text(makers.yolo(tmp_path) / 'data.yaml', content)
    refuses(tmp_path, message)


def test_parts_of_data_yaml_whatever_machine_it_was_written_on(tmp_path):
    makers.yolo(tmp_path / 'a')
    makers.yolo(tmp_path / 'b', 2)
    parts = 'train: ../a/images\nval: /home/somebody/set/b/images\ntest: gone/images\n'
    makers.text(tmp_path / 'data.yaml', 'names: [x, y]\n' + parts)
    assert len(open_dataset(tmp_path, split='train')) == 4
    val = open_dataset(tmp_path, split='val')
    assert [val.name(n) for n in range(2)] == ['b/images/frame_0.png', 'b/images/frame_1.png']
    assert any('gone/images" is not in' in problem.text for problem in val.problems)


@pytest.mark.parametrize('layout', ['images/{p}', '{p}/images', '{p}'])
def test_parts_by_folders(tmp_path, layout):
    for part, seed in (('train', 0), ('valid', 9)):
        folder = layout.format(p=part)
        makers.picture(tmp_path / folder / f'f_{seed}.png', seed)
        label = folder.replace('images', 'labels')
        makers.text(tmp_path / label / f'f_{seed}.txt', '0 0.5 0.5 0.5 0.5')
    assert open_dataset(tmp_path, split='train').name(0).endswith('f_0.png')
    assert open_dataset(tmp_path, split='val').name(0).endswith('f_9.png')


def test_a_picture_without_labels_shows_nothing(tmp_path):
    (makers.yolo(tmp_path) / 'labels/frame_2.txt').unlink()
    makers.text(tmp_path / 'labels/frame_3.txt', '')
    data = open_dataset(tmp_path)
    assert [len(data.read(n).boxes) for n in range(4)] == [1, 1, 0, 0]
    assert [(p.kind, p.file) for p in data.problems] == [('label-missing', 'images/frame_2.png')]


LABEL = 'labels/frame_1.txt'


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('1 1.7 0.5 0.5 0.25', 'line 2: x is 1.7, outside 0..1'),
        ('1 0.5 0.5 -0.5 0.25', 'line 2: width is -0.5, outside 0..1'),
        ('1 0.5 0.5 0.5', 'line 2: 4 values: neither'),
        ('1 0.5 0.5 0.5 0.25 0.9', 'line 2: 6 values: neither'),
        ('1 0.5 nan 0.5 0.25', 'line 2: y is "nan"'),
        ('cup 0.5 0.5 0.5 0.25', 'line 2: class is "cup"'),
        ('0.5 0.5 0.5 0.5 0.25', 'line 2: class is 0.5, no whole number'),
        ('-1 0.5 0.5 0.5 0.25', 'line 2: class -1'),
        ('2 0.5 0.5 0.5 0.25', 'line 2: class 2 of 2 classes'),
        ('0 0.5 0.5 0 0.25', 'line 2: a box without width or height'),
    ],
)
def test_bad_lines(tmp_path, line, message):
    edited(makers.yolo(tmp_path) / LABEL, lambda t: t + line + '\n')
    assert LABEL in str(refuses(tmp_path, message))
    assert [p.record for p in skips(tmp_path, 1).problems] == ['images/frame_1.png']


def test_a_box_that_sticks_out(tmp_path):
    edited(makers.yolo(tmp_path) / LABEL, lambda t: t + '0 0.9 0.5 0.5 0.25\n')
    with pytest.raises(ValueError, match=r'frame_1.txt line 2: the box .* sticks out'):
        open_dataset(tmp_path).read(1)
    skips(tmp_path, 1)


def test_a_label_without_picture(tmp_path):
    (makers.yolo(tmp_path) / 'images/frame_0.png').unlink()
    refuses(tmp_path, 'labels/frame_0.txt: has no picture')
    assert len(skips(tmp_path, 1)) == 3
