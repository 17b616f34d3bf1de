"""Masks from outlines and run lengths."""

from __future__ import annotations

import numpy as np
from pycocotools import mask as coco_mask
import pytest

from factory_perception.training.datasets.polygons import (
    decode_runs,
    Polygon,
    PolygonMask,
    with_background,
)
from factory_perception.training.datasets.problems import DatasetError

SQUARE = (np.array([2.0, 1, 6, 1, 6, 4, 2, 4]),)


def test_outline():
    mask = PolygonMask('a.json', (Polygon(3, SQUARE, 'annotation 1'),)).load((10, 8))
    assert mask.shape == (8, 10) and mask.dtype == np.uint8
    assert (mask[1:4, 2:6] == 3).all() and (mask == 3).sum() == 12


def test_shares_and_small_over_large():
    large = Polygon(1, (np.array([0, 0, 1, 0, 1, 1, 0, 1.0]),))
    small = Polygon(2, (np.array([0.2, 0.125, 0.6, 0.125, 0.6, 0.5, 0.2, 0.5]),))
    mask = PolygonMask('a', (small, large), relative=True).load((10, 8))
    assert (mask[1:4, 2:6] == 2).all() and (mask == 1).sum() == 68


@pytest.mark.parametrize('compressed', [False, True])
def test_run_lengths(compressed):
    wanted = np.zeros((4, 5), np.uint8)
    wanted[1:3, 2:4] = 1
    counts = [9, 2, 2, 2, 5]
    runs = {'size': [4, 5], 'counts': counts}
    if compressed:
        runs['counts'] = coco_mask.frPyObjects(dict(runs), 4, 5)['counts'].decode()
    assert np.array_equal(decode_runs(runs, (5, 4)), wanted)


@pytest.mark.parametrize(
    ('runs', 'message'),
    [
        ({'size': [4, 6], 'counts': [20]}, 'run lengths of size'),
        ({'size': [4, 5], 'counts': [9, 900, 5]}, 'do not fill the picture'),
        ({'size': [4, 5], 'counts': [-5, 25]}, 'do not fill the picture'),
        ({'size': [4, 5], 'counts': ['a']}, 'no finite number'),
        ({'size': [4, 5], 'counts': 7}, 'neither a list nor text'),
        ({'size': [4, 5], 'counts': 'é'}, 'neither a list nor text'),
        ({}, 'run lengths of size None'),
    ],
)
def test_wrong_run_lengths(runs, message):
    with pytest.raises(DatasetError, match=message):
        decode_runs(runs, (5, 4))


def test_compressed_run_lengths_of_another_size():
    counts = coco_mask.frPyObjects({'size': [90, 90], 'counts': [10, 8000, 90]}, 90, 90)['counts']
    with pytest.raises(DatasetError, match='do not fill'):
        decode_runs({'size': [4, 5], 'counts': counts.decode()}, (5, 4))


def test_an_outline_far_outside_is_named():
    far = Polygon(1, (np.array([0, 0, 1e9, 0, 5, 5.0]),), 'annotation 4')
    with pytest.raises(DatasetError, match=r'a.json: annotation 4: an outline leaves the picture'):
        PolygonMask('a.json', (far,)).load((10, 8))


def test_background():
    assert with_background(('bolt',)) == (('background', 'bolt'), 1)
    assert with_background(('Background', 'bolt')) == (('Background', 'bolt'), 0)
    with pytest.raises(DatasetError, match='256 classes do not fit'):
        with_background([str(n) for n in range(256)])
