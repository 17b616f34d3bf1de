"""MNIST's format."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from factory_perception.training.datasets.recognise import open_dataset
from test.training.datasets import makers
from test.training.datasets.support import refuses


@pytest.mark.parametrize('packed', [False, True])
def test_values(tmp_path, packed):
    makers.idx(tmp_path, packed)
    data = open_dataset(tmp_path, split='test')
    assert (data.task, data.classes, len(data)) == ('classify', ('0', '1', '2'), 30)
    example = data.read(4)
    assert example.label == 1 and example.image_bgr.shape == (10, 12, 3)
    assert np.array_equal(example.image_bgr[..., 2], makers.pixels(504, 12, 10)[..., 0])
    assert data.name(4).startswith('t10k-images-idx3-ubyte') and data.name(4).endswith('#4')


def test_parts_and_names(tmp_path):
    makers.idx(tmp_path)
    makers.text(tmp_path / 'classes.txt', 'shirt\nshoe\nbag')
    sizes = {part: len(open_dataset(tmp_path, split=part)) for part in ('train', 'val', 'test')}
    assert sizes == {'train': 24, 'val': 6, 'test': 30}
    assert open_dataset(tmp_path).classes == ('shirt', 'shoe', 'bag')
    makers.text(tmp_path / 'classes.txt', 'shirt\nshoe')
    refuses(tmp_path, 'label 2 of picture 2, but there are 2 classes')


def write(name, edit):
    def change(folder):
        path = folder / name
        path.write_bytes(edit(path.read_bytes()))

    return change


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (write('train-images-idx3-ubyte', lambda b: b[:-1]), 'is not as long as its size'),
        (write('train-images-idx3-ubyte', lambda b: b'\1' + b[1:]), 'is no IDX file'),
        (write('train-images-idx3-ubyte', lambda b: b[:9]), 'is no IDX file'),
        (write('train-images-idx3-ubyte', lambda b: b[:4] + struct.pack('>3I', *[1 << 31] * 3)),
         r'claims \d+ values'),
        (write('train-labels-idx1-ubyte', lambda b: b[:4] + struct.pack('>I', 29) + b[8:-1]),
         'train-labels-idx1-ubyte: 29 labels for 30 pictures'),
        (lambda f: (f / 'train-labels-idx1-ubyte').unlink(), 'has no train-labels-idx1-ubyte'),
    ],
)  # fmt: skip
def test_bad_files(tmp_path, change, message):
    change(makers.idx(tmp_path))
    refuses(tmp_path, message)


def test_broken_gzip(tmp_path):
    path = makers.idx(tmp_path, packed=True) / 'train-images-idx3-ubyte.gz'
    path.write_bytes(path.read_bytes()[:60])
    refuses(tmp_path, 'is a broken gzip file')
    path.write_bytes(gzip.compress(b'\0\0\x08\3' + struct.pack('>3I', 30, 10, 12) + b'x'))
    refuses(tmp_path, 'is not as long as its size')
