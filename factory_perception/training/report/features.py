"""How a network sees things: a vector for each thing with a class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Features:
    """Vectors of examples.

    Attributes:
        vectors: ``(N, D)``.
        ids: ``(N,)`` class ids.
        what: what has a vector: ``boxes``.
    """

    vectors: NDArray[np.float32]
    ids: NDArray[np.int64]
    what: str
