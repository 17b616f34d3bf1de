"""A random forest (Breiman, 2001) from flat arrays: nothing is unpickled, only NumPy runs."""

from __future__ import annotations

from dataclasses import dataclass
import io

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.arrays import ArraysError, read_arrays


@dataclass(frozen=True)
class Forest:
    """Nodes of all trees ``(N,)``; a row goes left where its value is not above ``threshold``.

    ``feature`` is -1 in a leaf, ``left`` and ``right`` are places of nodes, ``share`` ``(N, K)``
    says how many of the rows in a leaf were of each class, ``roots`` ``(T,)`` are first nodes.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    share: NDArray[np.float16]
    roots: NDArray[np.int32]

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the mean shares ``(M, K)`` of rows ``(M, F)``; no class is ever impossible."""
        place = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        which = np.arange(len(rows))[:, None]
        feature = self.feature[place]
        while (feature >= 0).any():
            left = rows[which, np.maximum(feature, 0)] <= self.threshold[place]
            down = np.where(left, self.left[place], self.right[place])
            place = np.where(feature >= 0, down, place)
            feature = self.feature[place]
        total = self.share[place].sum(axis=1, dtype=np.float64)
        found: NDArray[np.float64] = (total + 1.0 / total.shape[1]) / (len(self.roots) + 1.0)
        return found

    def pack(self) -> bytes:
        """Give it as the content of an ``.npz`` file."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **vars(self))
        return buffer.getvalue()


def unpack_forest(data: bytes, origin: str, features: int) -> Forest:
    """Read a forest that was packed, and check that its walks end.

    Raises:
        ArraysError: it is no file of arrays, or no forest for so many features.
    """
    try:
        forest = Forest(**read_arrays(data, origin))
    except TypeError as error:
        raise ArraysError(f'{origin} holds no forest: publish the model again') from error
    count = len(forest.feature)
    inner = np.flatnonzero(forest.feature >= 0)
    left, right = forest.left[inner], forest.right[inner]
    # Children stand behind their parents, so every walk ends.
    behind = (left > inner).all() and (right > inner).all()
    inside = (left < count).all() and (right < count).all() and forest.share.shape[0] == count
    rooted = ((forest.roots >= 0) & (forest.roots < count)).all()
    if not (behind and inside and rooted and (forest.feature < features).all()):
        raise ArraysError(f'{origin} holds a broken forest: publish the model again')
    return forest
