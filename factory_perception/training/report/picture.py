"""A picture on a page: small enough, and with words for those who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

#: No picture takes more than this, whatever it shows.
MOST_BYTES = 28_000
_QUALITIES = (82, 70, 55, 40, 25)


@dataclass(frozen=True)
class Picture:
    """A JPEG with its words.

    Attributes:
        jpeg: the file.
        size_wh: in pixels.
        alt: what it shows.
        caption: what is to be known about it.
        file: name of the picture in the data set.
    """

    jpeg: bytes
    size_wh: tuple[int, int]
    alt: str
    caption: str
    file: str = ''


def make_picture(image_bgr: NDArray[np.uint8], alt: str, caption: str, file: str = '') -> Picture:
    """Compress a picture until it is small enough, at last by making it smaller."""
    image = image_bgr
    while True:
        for quality in _QUALITIES:
            _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])
            if len(data) <= MOST_BYTES or min(image.shape[:2]) <= 32:
                size = image.shape[1], image.shape[0]
                return Picture(data.tobytes(), size, alt, caption, file)
        image = np.asarray(cv2.resize(image, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA))
