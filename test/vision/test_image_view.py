"""Image bytes as arrays: every encoding, padding, byte order, and everything that is broken."""

from __future__ import annotations

import array
import contextlib

import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from factory_perception.vision.image_view import (
    colour_image,
    decode_picture,
    ENCODINGS,
    image_view,
    ImageError,
)

RNG = np.random.default_rng(1)
CHANNELS = {
    'mono8': 1, '8UC1': 1, 'bgr8': 3, '8UC3': 3, 'rgb8': 3, 'bgra8': 4, 'rgba8': 4,
    'bayer_rggb8': 1, 'bayer_bggr8': 1, 'bayer_gbrg8': 1, 'bayer_grbg8': 1,
    'yuv422': 2, 'uyvy': 2, 'yuv422_yuy2': 2, 'yuyv': 2,
}  # fmt: skip


def padded(pixels: np.ndarray, padding: int) -> tuple[bytes, int]:
    """Lay rows out with garbage between them, as cameras do."""
    rows = pixels.reshape(pixels.shape[0], -1).view(np.uint8)
    garbage = RNG.integers(0, 256, (pixels.shape[0], padding), np.uint8)
    return np.hstack([rows, garbage]).tobytes(), rows.shape[1] + padding


@pytest.mark.parametrize('padding', [0, 7, 64])
@pytest.mark.parametrize('encoding', CHANNELS)
def test_view_shows_the_pixels_and_shares_the_memory(encoding, padding):
    shape = (6, 8) if CHANNELS[encoding] == 1 else (6, 8, CHANNELS[encoding])
    pixels = RNG.integers(0, 256, shape, np.uint8)
    data, step = padded(pixels, padding)
    buffer = bytearray(data)
    view = image_view(buffer, 6, 8, encoding, step)
    assert np.array_equal(view, pixels)
    buffer[0] ^= 255
    assert view.flat[0] == pixels.flat[0] ^ 255


@pytest.mark.parametrize('big', [False, True])
def test_mono16_keeps_its_byte_order_and_its_high_byte(big):
    pixels = RNG.integers(0, 65536, (5, 4)).astype('>u2' if big else '<u2')
    data, step = padded(pixels, 3)
    view = image_view(data, 5, 4, 'mono16', step, big)
    assert np.array_equal(view, pixels)
    grey = colour_image(view, 'mono16')
    assert grey.order == 'grey'
    assert np.array_equal(grey.pixels, (pixels.astype(int) // 256))


def test_every_encoding_is_tested():
    assert {*CHANNELS, 'mono16', '16UC1'} == set(ENCODINGS)


def test_array_array_as_rclpy_gives_it():
    pixels = RNG.integers(0, 256, (4, 5, 3), np.uint8)
    data = array.array('B', pixels.tobytes())
    assert np.array_equal(image_view(data, 4, 5, 'bgr8', 15), pixels)


@pytest.mark.parametrize('encoding, order', [('mono8', 'grey'), ('bgr8', 'bgr'), ('rgb8', 'rgb')])
def test_plain_colours_are_passed_on_without_a_copy(encoding, order):
    shape = (4, 6) if order == 'grey' else (4, 6, 3)
    view = image_view(bytes(np.prod(shape)), 4, 6, encoding, 6 * (1 if order == 'grey' else 3))
    colours = colour_image(view, encoding)
    assert colours.order == order
    assert np.shares_memory(colours.pixels, view)
    assert colours.to_bgr().shape == (4, 6, 3)


BLUE = np.zeros((8, 8, 3), np.uint8) + np.array([200, 40, 10], np.uint8)


def bayer(bgr: np.ndarray, pattern: str) -> np.ndarray:
    """Sample a picture through a colour filter, by the pattern's own letters."""
    out = np.zeros(bgr.shape[:2], np.uint8)
    for index, letter in enumerate(pattern):
        row, column = divmod(index, 2)
        out[row::2, column::2] = bgr[row::2, column::2, 'bgr'.index(letter)]
    return out


@pytest.mark.parametrize('pattern', ['rggb', 'bggr', 'gbrg', 'grbg'])
def test_bayer_patterns_give_back_the_colour(pattern):
    raw = bayer(BLUE, pattern)
    colours = colour_image(image_view(raw, 8, 8, f'bayer_{pattern}8', 8), f'bayer_{pattern}8')
    assert colours.order == 'bgr'
    assert np.array_equal(colours.pixels[2:-2, 2:-2], BLUE[2:-2, 2:-2])


@pytest.mark.parametrize('encoding, chroma_first', [('yuv422', True), ('yuv422_yuy2', False)])
def test_yuv_gives_back_the_colour(encoding, chroma_first):
    y, u, v = cv2.cvtColor(BLUE, cv2.COLOR_BGR2YUV)[0, 0]
    packed = np.zeros((8, 8, 2), np.uint8)
    luma, chroma = (1, 0) if chroma_first else (0, 1)
    packed[..., luma] = y
    packed[:, 0::2, chroma], packed[:, 1::2, chroma] = u, v
    colours = colour_image(image_view(packed, 8, 8, encoding, 16), encoding)
    # OpenCV packs with video-range coefficients; the hue must be right, the level nearly so.
    assert np.abs(colours.pixels.astype(int) - BLUE).max() < 45
    assert colours.pixels[0, 0].argmax() == 0


def test_alpha_is_dropped():
    pixels = RNG.integers(0, 256, (3, 3, 4), np.uint8)
    assert np.array_equal(colour_image(pixels, 'bgra8').pixels, pixels[..., :3])
    assert np.array_equal(colour_image(pixels, 'rgba8').pixels, pixels[..., 2::-1])


@pytest.mark.parametrize('change, text', [
    ({'encoding': '32FC1'}, 'unknown encoding "32FC1"'),
    ({'width': 0}, 'impossible size 0 x 4'),
    ({'height': 0}, 'impossible size 6 x 0'),
    ({'height': 1 << 31}, 'impossible size'),
    ({'step': 17}, r'step of 17 bytes is smaller than a row of 6 bgr8 pixels \(18 bytes\)'),
    ({'data': bytes(71)}, '71 bytes of data, but 6 x 4 bgr8 with a step of 18 needs 72'),
    ({'data': b''}, '0 bytes of data'),
])  # fmt: skip
def test_broken_frames_are_refused_with_the_reason(change, text):
    frame = {'data': bytes(72), 'height': 4, 'width': 6, 'encoding': 'bgr8', 'step': 18, **change}
    with pytest.raises(ImageError, match=text):
        image_view(**frame)


def test_odd_width_of_yuv():
    view = image_view(bytes(3 * 2 * 4), 4, 3, 'yuv422', 6)
    with pytest.raises(ImageError, match='3 x 4 is no size for yuv422'):
        colour_image(view, 'yuv422')


sizes = st.integers(-2, 70_000) | st.sampled_from([0, 1, 2**31 - 1, 2**32 - 1])


@given(
    st.binary(max_size=600), sizes, sizes, st.sampled_from(ENCODINGS) | st.text(max_size=12),
    sizes, st.booleans(),
)  # fmt: skip
@settings(max_examples=500, deadline=None)
def test_any_message_is_shown_or_refused(data, height, width, encoding, step, big):
    try:
        view = image_view(data, height, width, encoding, step, big)
        colours = colour_image(view, encoding)
    except ImageError:
        return
    assert colours.size_wh == (width, height)
    assert colours.pixels.dtype == np.uint8
    assert colours.pixels.sum() >= 0  # touches every byte


@pytest.mark.parametrize('extension', ['.jpg', '.png'])
def test_compressed_pictures(extension):
    picture = cv2.GaussianBlur(RNG.integers(0, 256, (32, 48, 3), np.uint8), (0, 0), 4)
    data = cv2.imencode(extension, picture)[1].tobytes()
    decoded = decode_picture(data)
    assert decoded.order == 'bgr' and decoded.size_wh == (48, 32)
    assert np.abs(decoded.pixels.astype(int) - picture).max() < 12
    grey = decode_picture(cv2.imencode(extension, picture[..., 0])[1].tobytes())
    assert grey.order == 'grey'


@pytest.mark.parametrize(
    'data', [b'', b'x' * 50, b'\xff\xd8\xff' + b'x' * 50, b'GIF89a' + b'x' * 9]
)
def test_broken_pictures(data):
    with pytest.raises(ImageError):
        decode_picture(data)


@given(st.binary(max_size=200), st.integers(0, 600))
@settings(max_examples=200, deadline=None)
def test_a_damaged_png_is_decoded_or_refused(garbage, place):
    data = bytearray(cv2.imencode('.png', BLUE)[1].tobytes())
    data[8 + place : 8 + place + len(garbage)] = garbage
    with contextlib.suppress(ImageError):
        assert decode_picture(bytes(data)).pixels.dtype == np.uint8
