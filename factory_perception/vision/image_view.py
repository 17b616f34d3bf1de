"""See the bytes of a camera frame as an array without copying them, and give them colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

#: No camera has a longer side; larger claims are broken messages.
MAX_SIDE = 65_535


class ImageError(ValueError):
    """A frame that cannot be read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Layout:
    """How one encoding of ``sensor_msgs/Image`` lays out its pixels."""

    channels: int
    item_bytes: int
    #: Colour order of the pixels as they lie there, or '' when they need a conversion first.
    order: str
    #: OpenCV conversion to BGR for those that do.
    to_bgr: int | None = None


_LAYOUTS = {
    'mono8': Layout(1, 1, 'grey'),
    '8UC1': Layout(1, 1, 'grey'),
    'mono16': Layout(1, 2, ''),
    '16UC1': Layout(1, 2, ''),
    'bgr8': Layout(3, 1, 'bgr'),
    '8UC3': Layout(3, 1, 'bgr'),
    'rgb8': Layout(3, 1, 'rgb'),
    'bgra8': Layout(4, 1, '', cv2.COLOR_BGRA2BGR),
    'rgba8': Layout(4, 1, '', cv2.COLOR_RGBA2BGR),
    'bayer_rggb8': Layout(1, 1, '', cv2.COLOR_BayerRGGB2BGR),
    'bayer_bggr8': Layout(1, 1, '', cv2.COLOR_BayerBGGR2BGR),
    'bayer_gbrg8': Layout(1, 1, '', cv2.COLOR_BayerGBRG2BGR),
    'bayer_grbg8': Layout(1, 1, '', cv2.COLOR_BayerGRBG2BGR),
    'yuv422': Layout(2, 1, '', cv2.COLOR_YUV2BGR_UYVY),
    'uyvy': Layout(2, 1, '', cv2.COLOR_YUV2BGR_UYVY),
    'yuv422_yuy2': Layout(2, 1, '', cv2.COLOR_YUV2BGR_YUY2),
    'yuyv': Layout(2, 1, '', cv2.COLOR_YUV2BGR_YUY2),
}
ENCODINGS = tuple(_LAYOUTS)


@dataclass(frozen=True)
class ColourImage:
    """Pixels in uint8: ``(H, W, 3)`` in the order ``bgr`` or ``rgb``, ``(H, W)`` in ``grey``."""

    pixels: NDArray[np.uint8]
    order: str

    @property
    def size_wh(self) -> tuple[int, int]:
        """Give width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def to_bgr(self) -> NDArray[np.uint8]:
        """Give the picture as ``(H, W, 3)`` BGR; no copy where it is BGR already."""
        if self.order == 'bgr':
            return self.pixels
        code = cv2.COLOR_GRAY2BGR if self.order == 'grey' else cv2.COLOR_RGB2BGR
        return _uint8(cv2.cvtColor(self.pixels, code))


def image_view(
    data: Any, height: int, width: int, encoding: str, step: int, is_bigendian: bool = False
) -> NDArray:
    """Give the pixels of an image message as an array that shares the message's memory.

    Args:
        data: the bytes; anything with a buffer (``bytes``, ``array.array``, ndarray).
        height: rows.
        width: columns.
        encoding: a name of ``sensor_msgs/image_encodings``; see ``ENCODINGS``.
        step: bytes from one row to the next, padding included.
        is_bigendian: byte order of 16-bit pixels.

    Returns:
        ``(H, W)`` for one channel, else ``(H, W, channels)``; uint8, or uint16 in the byte order of
        the message.

    Raises:
        ImageError: unknown encoding, impossible size, a step smaller than a row, or too few bytes.
    """
    layout = _LAYOUTS.get(encoding)
    if layout is None:
        raise ImageError(f'unknown encoding "{encoding[:40]}"; known are {", ".join(ENCODINGS)}')
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ImageError(f'impossible size {width} x {height}')
    pixel_bytes = layout.channels * layout.item_bytes
    row_bytes = width * pixel_bytes
    if step < row_bytes:
        raise ImageError(
            f'step of {step} bytes is smaller than a row of {width} {encoding} '
            f'pixels ({row_bytes} bytes)'
        )
    buffer = np.frombuffer(data, np.uint8)
    needed = step * (height - 1) + row_bytes
    if buffer.size < needed:
        raise ImageError(
            f'{buffer.size} bytes of data, but {width} x {height} {encoding} with a step '
            f'of {step} needs {needed}'
        )
    dtype = 'u1' if layout.item_bytes == 1 else '>u2' if is_bigendian else '<u2'
    shape: tuple[int, ...] = (height, width, layout.channels)
    strides: tuple[int, ...] = (step, pixel_bytes, layout.item_bytes)
    if layout.channels == 1:
        shape, strides = shape[:2], strides[:2]
    return np.ndarray(shape, dtype, buffer, strides=strides)


def colour_image(view: NDArray, encoding: str) -> ColourImage:
    """Turn a view into colours; ``mono8``, ``bgr8`` and ``rgb8`` are passed on without a copy.

    16-bit grey keeps its high byte. Bayer patterns and YUV 4:2:2 are converted to BGR.

    Raises:
        ImageError: the size does not fit the encoding (an odd width in YUV 4:2:2, for example).
    """
    layout = _LAYOUTS[encoding]
    if layout.order:
        return ColourImage(view, layout.order)
    if layout.item_bytes == 2:
        return ColourImage((view >> 8).astype(np.uint8), 'grey')
    if layout.to_bgr is None:
        raise ImageError(f'no conversion from {encoding}')
    try:
        return ColourImage(_uint8(cv2.cvtColor(view, layout.to_bgr)), 'bgr')
    except cv2.error as error:
        raise ImageError(f'{view.shape[1]} x {view.shape[0]} is no size for {encoding}') from error


def decode_picture(data: Any) -> ColourImage:
    """Decode the bytes of a JPEG or PNG file to BGR or grey.

    Raises:
        ImageError: the bytes are no picture, or a broken one.
    """
    buffer = np.frombuffer(data, np.uint8)
    if not _is_jpeg_or_png(buffer):
        raise ImageError(f'{buffer.size} bytes that are neither JPEG nor PNG')
    try:
        pixels = cv2.imdecode(buffer, cv2.IMREAD_ANYCOLOR)
    except cv2.error as error:
        raise ImageError(f'a picture that OpenCV cannot decode: {error.err}') from error
    if pixels is None:
        raise ImageError(f'a broken picture of {buffer.size} bytes')
    return ColourImage(_uint8(pixels), 'grey' if pixels.ndim == 2 else 'bgr')


def _is_jpeg_or_png(buffer: NDArray[np.uint8]) -> bool:
    head = buffer[:8].tobytes()
    return head.startswith(b'\xff\xd8\xff') or head == b'\x89PNG\r\n\x1a\n'


def _uint8(array: Any) -> NDArray[np.uint8]:
    return np.asarray(array, np.uint8)
