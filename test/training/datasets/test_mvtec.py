"""Good pictures to learn, all kinds to test."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import skips


def test_values(tmp_path):
    makers.mvtec(tmp_path)
    data = open_dataset(tmp_path, split='test')
    assert data.task == 'anomaly' and data.classes == ('good', 'anomalous')
    examples = {data.name(n): data.read(n) for n in range(len(data))}
    good, hole = examples['test/good/000.png'], examples['test/hole/001.png']
    assert good.label == 0 and good.mask.shape == (40, 60) and not good.mask.any()
    assert hole.label == 1 and (hole.mask[5:10, 8:20] == 1).all() and hole.mask.sum() == 60


def test_val_is_taken_from_the_good_ones(tmp_path):
    makers.mvtec(tmp_path)
    train, val = (open_dataset(tmp_path, split=part) for part in ('train', 'val'))
    assert len(train) == 8 and len(val) == 2
    assert {record.label for record in val.records} == {0}
    assert all(record.name.startswith('train/good/') for record in val.records)


@pytest.mark.parametrize(('left', 'severity'), [(1, 'warning'), (0, 'note')])
def test_missing_masks(tmp_path, left, severity):
    makers.mvtec(tmp_path)
    for n in range(left, 2):
        (tmp_path / f'ground_truth/hole/{n:03d}_mask.png').unlink()
    data = open_dataset(tmp_path, split='test')
    [problem] = data.problems
    assert (problem.kind, problem.severity) == ('mask-missing', severity)
    masks = [data.read(n).mask is None for n in range(len(data)) if data.read(n).label]
    assert masks.count(True) == 2 - left


def test_a_mask_of_another_size(tmp_path):
    makers.mvtec(tmp_path)
    makers.stored(tmp_path / 'ground_truth/hole/000_mask.png', np.zeros((9, 9), np.uint8))
    data = open_dataset(tmp_path, split='test')
    with pytest.raises(ValueError, match=r'000_mask.png: a mask of 9 x 9 for a picture of 60 x 40'):
        [data.read(n) for n in range(len(data))]
    assert len(skips(tmp_path, 1, split='test')) == 3


def test_learning_only(tmp_path):
    makers.image_folder(tmp_path, ('good',), 5, below='train')
    data = open_dataset(tmp_path)
    assert data.task == 'anomaly' and len(data) == 5
