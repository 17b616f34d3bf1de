"""Pictures with templates."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.opened import open_whole
from factory_perception.training.datasets.recognise import open_dataset
from test.conftest import data_folder
from test.training.datasets import makers
from test.training.datasets.support import edited, refuses, skips


def test_values_and_template(tmp_path):
    data = open_dataset(makers.deeppcb(tmp_path))
    assert data.task == 'detect' and len(data) == 12 and data.classes[2] == 'mousebite'
    example = data.read(0)
    assert example.boxes.boxes_xyxy.tolist() == [[20, 10, 28, 16], [1, 2, 9, 9]]
    assert example.boxes.class_ids.tolist() == [2, 5]
    assert np.array_equal(example.template_bgr, makers.pixels(0))
    assert (example.image_bgr != example.template_bgr).any(axis=2).sum() == 48


def test_boards_stay_together(tmp_path):
    makers.deeppcb(tmp_path, boards=12)
    boards = [
        {data.name(n)[7:12] for n in range(len(data))}
        for data in (open_dataset(tmp_path, split=part) for part in ('train', 'val'))
    ]
    assert not boards[0] & boards[1] and len(boards[0] | boards[1]) == 12 and len(boards[1]) >= 2


def test_the_layout_and_the_lists_of_the_original(tmp_path):
    makers.deeppcb(tmp_path / 'new')
    for path in sorted((tmp_path / 'new').rglob('1*')):
        board = path.name[:5]
        inner = f'group{board}/{board}' + ('_not' if path.suffix == '.txt' else '')
        (tmp_path / 'PCBData' / inner).mkdir(parents=True, exist_ok=True)
        path.rename(tmp_path / 'PCBData' / inner / path.name)
    for name in ('new/images', 'new/labels', 'new'):
        (tmp_path / name).rmdir()
    line = 'group10001/10001/10001000.jpg group10001/10001_not/10001000.txt'
    makers.text(tmp_path / 'PCBData' / 'test.txt', line)
    assert len(open_dataset(tmp_path)) == 12
    assert open_dataset(tmp_path, split='test').name(0).endswith('10001000_test.png')


def test_other_classes(tmp_path):
    makers.text(makers.deeppcb(tmp_path) / 'classes.txt', 'a\nb\nc\n')
    refuses(tmp_path, r'10000000.txt line 2: class 6 is not one of 1 to 3 \(a, b, c\)')
    makers.text(tmp_path / 'classes.txt', 'a\nb\nc\nd\ne\nf\ng\n')
    assert open_dataset(tmp_path).classes == tuple('abcdefg')


LABEL = 'labels/10002001.txt'


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('1 2 9 9', 'line 3: 4 values instead of 5'),
        ('1 2 9 x 1', 'line 3: y2 is "x"'),
        ('1 2 9 9 0', 'line 3: class 0 is not one of 1 to 6'),
        ('9 9 1 2 1', 'line 3: a box without width or height'),
    ],
)
def test_bad_lines(tmp_path, line, message):
    edited(makers.deeppcb(tmp_path) / LABEL, lambda t: t + line)
    assert LABEL in str(refuses(tmp_path, message))
    assert len(skips(tmp_path, 1)) == 11


def test_missing_halves(tmp_path):
    makers.deeppcb(tmp_path)
    (tmp_path / 'images/10000000_temp.png').unlink()
    (tmp_path / 'images/10000001_test.png').unlink()
    (tmp_path / 'labels/10000002.txt').unlink()
    found = [problem.describe() for problem in open_whole(tmp_path).problems.errors]
    assert found[0].startswith('images/10000000_test.png: has no images/10000000_temp.png')
    assert found[1].startswith('images/10000001_temp.png: is a template without a picture')
    assert found[2].startswith('images/10000002_test.png: has no label file 10000002.txt')
    assert len(skips(tmp_path, 3)) == 9


def test_broken_or_wrong_templates(tmp_path):
    makers.deeppcb(tmp_path)
    makers.picture(tmp_path / 'images/10000000_temp.png', 0, 30, 30)
    makers.text(tmp_path / 'images/10000001_temp.png', 'no picture')
    data = open_dataset(tmp_path)
    with pytest.raises(ValueError, match=r'10000000_temp.png: a template of 30 x 30 for a picture'):
        data.read(0)
    with pytest.raises(ValueError, match=r'10000001_temp.png: no readable picture'):
        data.read(1)
    assert len(skips(tmp_path, 2)) == 10


def test_real_set():
    folder = data_folder('deeppcb')
    opened = open_whole(folder)
    assert opened.format_name == 'deeppcb' and not opened.problems.found
    sizes = {part: len(places) for part, places in opened.splits.members.items()}
    assert sizes == {'train': 810, 'val': 190, 'trainval_official': 1000}
    data = open_dataset(folder, split='trainval_official')
    ids = np.concatenate([record.boxes.class_ids for record in data.records])
    counts = dict(zip(data.classes, np.bincount(ids).tolist()))
    assert counts == {'open': 1283, 'short': 1028, 'mousebite': 1379, 'spur': 1142,
                      'copper': 1010, 'pin-hole': 1031}  # fmt: skip
    example = open_dataset(folder).read(0)
    assert example.image_bgr.shape == example.template_bgr.shape == (640, 640, 3)
    assert example.boxes.boxes_xyxy[0].tolist() == [466, 441, 493, 470]
    assert set(np.unique(example.image_bgr)) == {0, 255}
