"""Masks from picture files."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from factory_perception.training.datasets.masks import FileMask, mask_values
from factory_perception.training.datasets.problems import DatasetError

IDS = np.array([[0, 1, 2], [2, 1, 0]], np.uint8)


def palette_png(indices, palette_rgb) -> bytes:
    """Write a PNG of colour type 3."""

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack(
            '>I', zlib.crc32(kind + data)
        )  # fmt: skip

    height, width = indices.shape
    rows = b''.join(b'\0' + row.tobytes() for row in indices)
    head = struct.pack('>IIBBBBB', width, height, 8, 3, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(
        b'PLTE', bytes(np.array(palette_rgb, np.uint8).ravel())
    ) + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')  # fmt: skip


def test_palette_pictures_give_their_indices():
    data = palette_png(IDS, [(0, 0, 0), (128, 0, 0), (0, 128, 7)])
    assert np.array_equal(mask_values(data), IDS)


def test_grey_in_colour_and_16_bits(tmp_path):
    for stored in (IDS, np.repeat(IDS[..., None], 3, axis=2), IDS.astype(np.uint16) * 300):
        data = cv2.imencode('.png', stored)[1].tobytes()
        values = mask_values(data)
        assert values.shape == (2, 3) and len(np.unique(values)) == 3


def test_values_become_class_ids(tmp_path):
    path = tmp_path / 'm.png'
    cv2.imwrite(str(path), np.array([[0, 255, 9]], np.uint8))
    assert FileMask(path, 'm.png').load((3, 1)).tolist() == [[0, 1, 1]]
    assert FileMask(path, 'm.png', {0: 0, 255: 2, 9: 1}).load((3, 1)).tolist() == [[0, 2, 1]]
    with pytest.raises(DatasetError, match=r'^m.png: the mask has the value 9, which is no class'):
        FileMask(path, 'm.png', {0: 0, 255: 1}).load((3, 1))
    with pytest.raises(DatasetError, match='a mask of 3 x 1 for a picture of 4 x 1'):
        FileMask(path, 'm.png').load((4, 1))


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        (b'', 'no readable mask'),
        (b'text', 'no readable mask'),
        (cv2.imencode('.png', np.arange(12, dtype=np.uint8).reshape(2, 2, 3))[1].tobytes(),
         'a coloured mask without a palette'),
    ],
)  # fmt: skip
def test_refuses(data, message):
    with pytest.raises(DatasetError, match=message):
        mask_values(data)
