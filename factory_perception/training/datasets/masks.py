"""Masks of class ids from picture files whose values stand for classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import struct
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from factory_perception.training.datasets.pixels import is_cut_off
from factory_perception.training.datasets.problems import bad, DatasetError

_MEND = 'copy it again, or leave its picture out with --skip-bad'


class MaskSource(Protocol):
    """A mask that is read when it is wanted."""

    def load(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Give the class ids of a picture's pixels, uint8 ``(H, W)``.

        Raises:
            DatasetError: it cannot be read or does not fit the picture.
        """


@dataclass(frozen=True)
class NoMask:
    """Background everywhere."""

    def load(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Give zeros."""
        return np.zeros((size_wh[1], size_wh[0]), np.uint8)


@dataclass(frozen=True)
class FileMask:
    """A picture whose values stand for classes.

    ``ids`` gives the class id of each value; without it every value above 0 is class 1.
    """

    path: Path
    #: Name below the data folder.
    name: str
    ids: Mapping[int, int] | None = None

    def load(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Read the file.

        Raises:
            DatasetError: no readable mask, another size, or a value without a class.
        """
        try:
            return self._load(size_wh)
        except DatasetError as error:
            raise error.within(self.name) from None

    def _load(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        values = mask_values(self.path.read_bytes())
        if values.shape[::-1] != size_wh:
            raise bad(
                'mask-size',
                f'a mask of {values.shape[1]} x {values.shape[0]} for a picture of '
                f'{size_wh[0]} x {size_wh[1]}',
                'make them the same size',
            )
        if self.ids is None:
            return (values > 0).astype(np.uint8)
        table = np.full(max(int(values.max()), *self.ids) + 1, 256, np.uint16)
        table[list(self.ids)] = list(self.ids.values())
        ids = table[values]
        if ids.max() > 255:
            unknown = sorted(np.unique(values[ids > 255]).tolist())
            raise bad(
                'unknown-class',
                f'the mask has the value {", ".join(map(str, unknown[:5]))}, which is no class',
                f'add it to classes.txt ("{unknown[0]} background" to ignore it)',
            )
        return ids.astype(np.uint8)


def mask_values(data: bytes) -> NDArray[Any]:
    """Decode a mask to its values ``(H, W)``; of a palette PNG these are the indices.

    Raises:
        DatasetError: it is no readable picture, or a coloured one without a palette.
    """
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        pixels = None
    if pixels is None or is_cut_off(data):
        raise bad('mask', f'no readable mask ({len(data)} bytes)', _MEND)
    values = np.asarray(pixels)
    if values.dtype not in (np.uint8, np.uint16):
        raise bad('mask', f'a mask of {values.dtype} values', 'save it as 8-bit PNG')
    if values.ndim == 2:
        return values
    colours = values[:, :, :3]
    palette = _palette(data)
    if palette is not None:
        return _indices(colours, palette)
    if (colours == colours[:, :, :1]).all():
        return np.ascontiguousarray(colours[:, :, 0])
    raise bad('mask', 'a coloured mask without a palette', 'save class numbers as grey values')


def _palette(data: bytes) -> NDArray[np.uint8] | None:
    """Give the palette of a PNG as RGB ``(N, 3)`` (PNG specification 11.2.2)."""
    if not data.startswith(b'\x89PNG') or data[25:26] != b'\x03':
        return None
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack('>I4s', data[at : at + 8])
        if kind == b'PLTE':
            entries = data[at + 8 : at + 8 + length // 3 * 3]
            return np.frombuffer(entries, np.uint8).reshape(-1, 3)
        at += 12 + length
    return None


def _indices(colours_bgr: NDArray[Any], palette_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find each colour in a palette; of equal entries the first."""
    weights = np.array([1, 256, 65536])
    wanted = colours_bgr.astype(np.int64) @ weights
    entries = palette_rgb[:, ::-1].astype(np.int64) @ weights
    ordered, first = np.unique(entries, return_index=True)
    places = np.searchsorted(ordered, wanted).clip(0, len(ordered) - 1)
    return first[places].astype(np.uint8)
