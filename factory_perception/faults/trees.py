"""Ensembles of decision trees from flat arrays: nothing is unpickled, nothing but NumPy runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
import io

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.arrays import ArraysError, read_arrays

#: So many rows are walked side by side: their places fit into the cache of a processor.
_BESIDE = 64
#: Walks that have ended are left out once no more than this share goes on: leaving out costs too.
_WORTH = 0.8


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
        leaves = self.value[self._leaves(rows)]
        sums = np.tile(self.base, (len(rows), 1))
        for column, mine in enumerate(self._mine):
            sums[:, column] += leaves[:, mine].sum(axis=1)
        return sums

    @cached_property
    def _mine(self) -> list[NDArray[np.int64]]:
        """Give the places of the trees of each class."""
        return [np.flatnonzero(self.columns == column) for column in range(len(self.base))]

    def _leaves(self, rows: NDArray[np.float32]) -> NDArray[np.intp]:
        """Give the places ``(N, T)`` of the leaves that rows end in."""
        count, width = rows.shape
        found = np.empty((count, len(self.roots)), np.intp)
        values = np.ascontiguousarray(rows).ravel()
        for first in range(0, count, _BESIDE):
            some = found[first : first + _BESIDE]
            some[:] = self.roots
            begins = np.arange(first, first + len(some)) * width
            self._walk(values, np.repeat(begins, len(self.roots)), some.ravel())
        return found

    def _walk(
        self,
        values: NDArray[np.float32],
        begins: NDArray[np.intp],
        found: NDArray[np.intp],
    ) -> None:
        """Walk down from the places in ``found`` ``(M,)``; write the leaves there.

        ``begins`` ``(M,)`` says where in ``values`` the row of each walk begins.
        """
        feature, threshold, children, leaf = self._looped
        place = found
        active: NDArray[np.intp] = np.arange(len(found))
        while len(active):
            left = values.take(feature.take(place) + begins) <= threshold.take(place)
            place = children.take(2 * place + left)
            inner = np.flatnonzero(~leaf.take(place))
            if len(inner) < _WORTH * len(active):
                found[active] = place
                active, place, begins = active[inner], place[inner], begins[inner]

    @cached_property
    def _looped(
        self,
    ) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.intp], NDArray[np.bool_]]:
        """Give feature, threshold, children (right, left, right, ...) and which nodes are leaves.

        A leaf is its own child, so that walks of unlike length can go on side by side.
        """
        leaf = self.feature < 0
        itself = np.arange(len(leaf))
        pairs = [np.where(leaf, itself, side) for side in (self.right, self.left)]
        feature = np.where(leaf, 0, self.feature).astype(np.intp)
        return feature, self.threshold, np.stack(pairs, axis=1).astype(np.intp).ravel(), leaf

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
