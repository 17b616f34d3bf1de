"""One rule for every kind of picture file: it becomes what the live nodes would make of it.

8-bit colour is taken as it is and grey is repeated in all three channels; an alpha channel is
dropped; 16-bit values keep their high byte, as ``mono16`` topics do; EXIF orientation is applied.
Pictures of floating-point numbers are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.problems import bad, DatasetError

_JPEG, _PNG = b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n'
_MEND = 'copy it again, or leave it out with --skip-bad'


class Pixels(Protocol):
    """A picture that is read when it is wanted."""

    @property
    def path(self) -> Path:
        """Give the file that it is in."""

    def load(self) -> NDArray[Any]:
        """Read it: uint8 or uint16, ``(H, W)`` grey or ``(H, W, 3)`` BGR."""


@dataclass(frozen=True)
class PictureFile:
    """A picture in a file of its own."""

    path: Path
    #: Name below the data folder.
    name: str

    def load(self) -> NDArray[Any]:
        """Read the file.

        Raises:
            DatasetError: it is no picture, a broken one, or one of floating-point numbers.
        """
        try:
            return decode(self.path.read_bytes())
        except DatasetError as error:
            raise error.within(self.name) from None


def decode(data: bytes) -> NDArray[Any]:
    """Decode the bytes of a picture file, with its own depth, to grey or BGR.

    Raises:
        DatasetError: they are no picture, a broken one, or one of floating-point numbers.
    """
    if is_cut_off(data):
        raise bad('picture', f'a picture that ends after {len(data)} bytes', _MEND)
    try:
        pixels = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR
        )
    except cv2.error:
        pixels = None
    if pixels is None:
        raise bad('picture', f'no readable picture ({len(data)} bytes)', _MEND)
    found = np.asarray(pixels)
    if found.dtype not in (np.uint8, np.uint16):
        raise bad(
            'picture', f'a picture of {found.dtype} values', 'save it with 8 or 16 bits a channel'
        )
    return found


def is_cut_off(data: bytes) -> bool:
    """Say whether a JPEG or PNG lacks its end; decoders may fill the rest with grey."""
    if data.startswith(_JPEG):
        return data.rfind(b'\xff\xd9') < len(data) // 2
    if data.startswith(_PNG):
        return data.rfind(b'IEND') < 0
    return not data


def has_alpha(data: bytes) -> bool:
    """Say whether a PNG has an alpha channel (colour types 4 and 6, PNG specification 11.2.1)."""
    return data.startswith(_PNG) and data[25:26] in (b'\x04', b'\x06')


def to_bgr(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Give uint8 ``(H, W, 3)`` BGR by the rule of this module."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 2:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR))
    return np.ascontiguousarray(pixels, np.uint8)


def to_grey(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Give uint8 ``(H, W)`` grey values."""
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    return np.asarray(pixels, np.uint8)
