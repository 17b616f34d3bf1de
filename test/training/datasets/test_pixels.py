"""Every kind of picture file becomes what the live nodes would make of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from factory_perception.training.datasets.pixels import decode, has_alpha, to_bgr, to_grey
from factory_perception.training.datasets.problems import DatasetError
from factory_perception.vision.image_view import colour_image

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (6, 8, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (6, 8), dtype=np.uint16)
ALPHA = RNG.integers(0, 256, (6, 8, 4), dtype=np.uint8)


def encoded(array, ending='.png'):
    good, data = cv2.imencode(ending, array)
    assert good
    return data.tobytes()


@pytest.mark.parametrize(
    ('stored', 'expected'),
    [
        (COLOUR, COLOUR),
        (COLOUR[..., 0], np.repeat(COLOUR[..., :1], 3, axis=2)),
        (ALPHA, ALPHA[..., :3]),
        (DEEP, np.repeat((DEEP >> 8).astype(np.uint8)[..., None], 3, axis=2)),
        (np.stack([DEEP, DEEP, DEEP], axis=2), (np.stack([DEEP] * 3, axis=2) >> 8)),
    ],
    ids=['colour', 'grey', 'alpha', '16 bits grey', '16 bits colour'],
)
def test_rule(stored, expected):
    image = to_bgr(decode(encoded(stored)))
    assert image.dtype == np.uint8 and image.shape == (6, 8, 3)
    assert np.array_equal(image, expected)


def test_16_bits_as_on_a_live_topic():
    live = colour_image(DEEP, 'mono16').to_bgr()
    assert np.array_equal(to_bgr(decode(encoded(DEEP))), live)


def test_grey_values():
    assert to_grey(COLOUR).shape == (6, 8)
    assert np.array_equal(to_grey(DEEP), DEEP >> 8)
    assert np.array_equal(to_grey(COLOUR[..., 1]), COLOUR[..., 1])


def test_exif_orientation_is_applied():
    jpeg = encoded(np.tile(np.linspace(0, 255, 32, dtype=np.uint8), (16, 1)), '.jpg')
    # APP1 with a TIFF head and the single entry Orientation (0x0112) = 6, a quarter turn
    tiff = b'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0'
    app1 = b'Exif\0\0' + tiff
    turned = jpeg[:2] + b'\xff\xe1' + (len(app1) + 2).to_bytes(2, 'big') + app1 + jpeg[2:]
    assert decode(jpeg).shape == (16, 32) and decode(turned).shape == (32, 16)


def test_alpha_is_seen():
    assert has_alpha(encoded(ALPHA)) and not has_alpha(encoded(COLOUR))
    assert not has_alpha(encoded(COLOUR, '.jpg'))


@pytest.mark.parametrize(
    ('data', 'message'),
    [
        (b'', 'ends after 0 bytes'),
        (b'no picture at all', 'no readable picture'),
        (encoded(COLOUR)[:-20], 'ends after'),
        (encoded(COLOUR, '.jpg')[:-30], 'ends after'),
        (encoded(COLOUR, '.bmp')[:-30], 'no readable picture'),
        (encoded(np.zeros((4, 4), np.float32), '.tiff'), 'picture of float32 values'),
    ],
    ids=['empty', 'text', 'png cut', 'jpeg cut', 'bmp cut', 'float'],
)
def test_refuses(data, message):
    with pytest.raises(DatasetError, match=message):
        decode(data)
