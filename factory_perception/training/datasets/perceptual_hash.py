"""A 64-bit hash that stays nearly the same when a picture is scaled, brightened or recompressed.

One bit for each of 8 x 8 fields: whether it is brighter than its left neighbour (difference hash,
N. Krawetz, "Kind of Like That", 2013).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

#: Five bands of 64 bits: hashes that differ in at most four bits are equal in one of them.
_BANDS = ((0, 13), (13, 13), (26, 13), (39, 13), (52, 12))
NEAR_BITS = 4
#: Pairs compared at once.
_CELLS = 1 << 21
#: The number of ones in every 16-bit number.
_BITS = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


def perceptual_hash(grey: NDArray[np.uint8]) -> int:
    """Hash uint8 ``(H, W)``."""
    fields = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    brighter = fields[:, 1:] > fields[:, :-1]
    return int.from_bytes(np.packbits(brighter.ravel()).tobytes(), 'big')


def near_pairs(hashes: Sequence[int], most: int = 1_000_000) -> list[tuple[int, int]]:
    """Find all pairs of hashes that differ in at most ``NEAR_BITS`` bits, each once, ``i < j``.

    At most ``most`` pairs are given.
    """
    values = np.array(hashes, np.uint64)
    found: set[tuple[int, int]] = set()
    for shift, width in _BANDS:
        band = (values >> np.uint64(shift)) & np.uint64((1 << width) - 1)
        buckets: dict[int, list[int]] = defaultdict(list)
        for place, key in enumerate(band.tolist()):
            buckets[key].append(place)
        for places in buckets.values():
            if len(places) > 1:
                found.update(_near_in(values, np.array(places)))
            if len(found) > most:
                return sorted(found)[:most]
    return sorted(found)


def _near_in(values: NDArray[np.uint64], places: NDArray[np.int64]) -> list[tuple[int, int]]:
    pairs = []
    own = values[places]
    rows = max(1, _CELLS // len(own))
    for start in range(0, len(own), rows):
        differing = own[start : start + rows, None] ^ own[None, :]
        bits = _BITS[differing.view(np.uint16)].reshape(*differing.shape, 4).sum(axis=2)
        for first, second in np.argwhere(bits <= NEAR_BITS).tolist():
            if first + start < second:
                pairs.append((int(places[first + start]), int(places[second])))
    return pairs
