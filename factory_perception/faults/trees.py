"""Ensembles of decision trees from flat arrays: nothing is unpickled, nothing but NumPy runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
import io

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.arrays import ArraysError, read_arrays


class TreesError(ValueError):
    """Arrays that are no trees; the text says why."""


@dataclass(frozen=True)
class Trees:
    """Boosted trees, all nodes in one row of arrays ``(N,)``.

    ``feature`` is -1 in a leaf; ``left`` and ``right`` are places of nodes; a row goes left where
    its value is not above ``threshold``. ``roots`` ``(T,)`` are places of first nodes, ``columns``
    ``(T,)`` the class that each tree adds its ``value`` to; ``base`` ``(K,)`` is where sums begin.
    """

    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    columns: NDArray[np.int32]
    base: NDArray[np.float32]

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the sums ``(N, K)`` of rows ``(N, F)``; a softmax makes probabilities of them."""
        place = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        which = np.arange(len(rows))[:, None]
        feature = self.feature[place]
        while (feature >= 0).any():
            value = rows[which, np.maximum(feature, 0)]
            down = np.where(value <= self.threshold[place], self.left[place], self.right[place])
            place = np.where(feature >= 0, down, place)
            feature = self.feature[place]
        leaves = self.value[place]
        sums = np.tile(self.base, (len(rows), 1))
        for column in range(len(self.base)):
            sums[:, column] += leaves[:, self.columns == column].sum(axis=1)
        return sums

    def pack(self) -> bytes:
        """Give them as the content of an ``.npz`` file."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **asdict(self))
        return buffer.getvalue()


def unpack_trees(data: bytes, origin: str, features: int) -> Trees:
    """Read trees that were packed, and check that they end.

    Raises:
        TreesError: they are none, or look at columns that there are not.
    """
    try:
        arrays = read_arrays(data, origin)
        trees = Trees(**{name: arrays[name] for name in Trees.__dataclass_fields__})
    except (KeyError, ArraysError) as error:
        raise TreesError(f'{origin} holds no trees ({error}): publish the model again') from error
    inner = np.flatnonzero(trees.feature >= 0)
    count = len(trees.feature)
    # Children stand behind their parents, so every walk ends.
    behind = (trees.left[inner] > inner) & (trees.right[inner] > inner)
    inside = (trees.left[inner] < count) & (trees.right[inner] < count)
    known = (trees.feature < features).all() and (trees.columns < len(trees.base)).all()
    rooted = ((trees.roots >= 0) & (trees.roots < count)).all()
    if not (behind.all() and inside.all() and known and rooted):
        raise TreesError(f'{origin} holds broken trees: publish the model again')
    return trees


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give probabilities of scores ``(..., K)``."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return found
