"""Named random streams: every draw hangs on a seed and a name, never on the order of calls."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str, *numbers: int) -> np.random.Generator:
    """Give the random generator of one purpose.

    Two calls with the same arguments give the same numbers in every process; streams with
    different names or numbers are independent.
    """
    if seed < 0:
        raise ValueError(f'seed {seed} is negative: use 0 or above')
    return np.random.default_rng([seed, zlib.crc32(name.encode()), *numbers])
