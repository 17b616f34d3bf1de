"""``sensor_msgs/Image`` and ``CompressedImage`` to arrays and back, without needless copies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from factory_perception.vision.image_view import (
    colour_image,
    ColourImage,
    decode_picture,
    image_view,
)


def read_image(message: Image | CompressedImage) -> ColourImage:
    """Give the pixels of an image message; plain 8-bit colours share the memory of the message.

    Raises:
        ImageError: the message is broken or of an unknown encoding.
    """
    if isinstance(message, CompressedImage):
        return decode_picture(message.data)
    view = image_view(
        message.data,
        message.height,
        message.width,
        message.encoding,
        message.step,
        bool(message.is_bigendian),
    )
    return colour_image(view, message.encoding)


def write_image(pixels: NDArray, encoding: str, header: Header) -> Image:
    """Give an image message that shares the memory of a C-contiguous array.

    The array must not change before the message is published. The setter of ``data`` would copy the
    pixels one by one; the field behind it takes anything with a buffer, and publishing reads just
    that.
    """
    if not pixels.flags.c_contiguous:
        pixels = np.ascontiguousarray(pixels)
    message = Image(
        header=header,
        height=pixels.shape[0],
        width=pixels.shape[1],
        encoding=encoding,
        step=pixels.strides[0],
    )
    message._data = pixels.reshape(-1).view(np.uint8)
    return message
