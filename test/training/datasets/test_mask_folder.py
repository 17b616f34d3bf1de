"""Pictures and masks side by side."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses, skips


@pytest.mark.parametrize(
    ('values', 'names', 'classes', 'ids'),
    [
        ((0, 255), None, ('background', 'object'), [0, 1]),
        ((0, 1), None, ('background', 'object'), [0, 1]),
        ((0, 7, 9), None, ('background', 'value 7', 'value 9'), [0, 1, 2]),
        ((0, 1, 2), 'none\nbolt\nnut', ('none', 'bolt', 'nut'), [0, 1, 2]),
        ((0, 255), 'none\nbolt', ('none', 'bolt'), [0, 1]),
        ((0, 40, 255), '0 none\n40 bolt\n255 none', ('none', 'bolt'), [0, 1, 0]),
    ],
)
def test_values_become_classes(tmp_path, values, names, classes, ids):
    makers.masks(tmp_path, values)
    if names:
        makers.text(tmp_path / 'classes.txt', names)
    data = open_dataset(tmp_path)
    assert data.task == 'segment' and data.classes == classes
    mask = data.read(2).mask
    assert [int(mask[0, 10 * place]) for place in range(len(values))] == ids


@pytest.mark.parametrize(
    ('pictures', 'masks', 'ending'),
    [
        ('images/train', 'masks/train', ''),
        ('train/images', 'train/masks', '_mask'),
        ('JPEGImages', 'SegmentationClass', ''),
        ('images', 'labels', '_gt'),
    ],
)
def test_layouts(tmp_path, pictures, masks, ending):
    makers.picture(tmp_path / pictures / 'a.png')
    makers.stored(tmp_path / masks / f'a{ending}.png', np.full((40, 60), 5, np.uint8))
    data = open_dataset(tmp_path)
    assert len(data) == 1 and (data.read(0).mask == 1).all()


def test_missing_and_broken_masks(tmp_path):
    makers.masks(tmp_path)
    (tmp_path / 'masks/cut_0.png').unlink()
    makers.text(tmp_path / 'masks/cut_1.png', 'x')
    refuses(tmp_path, 'images/cut_0.png: has no mask')
    data = skips(tmp_path, 2)
    assert [data.name(n) for n in range(2)] == ['images/cut_2.png', 'images/cut_3.png']


def test_values_that_are_no_classes(tmp_path):
    makers.masks(tmp_path, (0, 1, 2))
    makers.text(tmp_path / 'classes.txt', 'none\nbolt')
    with pytest.raises(ValueError, match=r'cut_0.png: the mask has the value 2, which is no class'):
        open_dataset(tmp_path).read(0)
    makers.text(tmp_path / 'classes.txt', '1 none\n1 bolt')
    refuses(tmp_path, 'classes.txt: names 2 classes, or one value twice')


def test_blurred_masks(tmp_path):
    makers.masks(tmp_path)
    ramp = np.arange(2400, dtype=np.uint16).reshape(40, 60) % 250
    makers.stored(tmp_path / 'masks/cut_0.png', ramp.astype(np.uint8))
    refuses(tmp_path, 'the masks have 250 values and there is no classes.txt')
