"""Samples that come as they like, cut into blocks at a fixed step.

Each row of a block is the newest sample at that moment, unchanged: values that stand still, are
missing or exactly zero say something about sensors, and interpolation would wipe it out. Only rows
for which no sample came are laid between their neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array, Block

#: Samples further apart begin a new history.
GAP_NS = 500_000_000
#: Room for this many blocks at the nominal rate; a stream that is much faster overwrites.
_BLOCKS = 8


class BlockCollector:
    """Collects the samples of one robot; memory is allocated once."""

    def __init__(self, joints: int, step_ns: int, length: int) -> None:
        """Prepare for blocks of ``length`` rows that are ``step_ns`` apart."""
        self._step_ns, self._length = step_ns, length
        room = max(_BLOCKS * length, 64) * 4
        self._samples = _Ring(room, (3, joints))
        self._references = _Ring(room, (joints,))
        self._grid = np.arange(1, length + 1) * step_ns
        self._start_ns = self._taken_ns = 0

    @property
    def due_ns(self) -> int:
        """Give the stamp from which on a sample completes the next block; 0: any may."""
        if not self._samples.count:
            return 0
        # Half a step of room for stamps that jitter.
        return self._start_ns + self._step_ns * self._length + self._step_ns // 2 + 1

    def add(self, stamp_ns: int, sample: Array) -> bool:
        """Take a sample ``(3, J)``: position, velocity, effort.

        Give whether a gap, or a clock that went back, began a new history.
        """
        later_ns = stamp_ns - self._samples.newest_ns
        anew = not self._samples.count or not 0 < later_ns <= GAP_NS
        if anew:
            self._samples.clear()
            self._start_ns = stamp_ns
        self._samples.push(stamp_ns, sample)
        return anew

    def add_reference(self, stamp_ns: int, position: Array) -> None:
        """Take what the controller wanted, ``(J,)``."""
        if stamp_ns < self._references.newest_ns:
            self._references.clear()
        self._references.push(stamp_ns, position)

    def take(self) -> tuple[int, Block] | None:
        """Give the next complete block and the stamp of its end; None while there is none.

        A block is complete when a sample after its end has come: the reference of its last sample
        has arrived by then.
        """
        if not self._samples.count or self._samples.newest_ns < self.due_ns:
            return None
        end_ns = self._start_ns + self._step_ns * self._length
        moments = self._start_ns + self._grid + self._step_ns // 2
        rows, stamps = self._samples.at(moments)
        sent = np.diff(stamps, prepend=self._taken_ns) != 0
        if not sent.all():
            rows[~sent] = self._samples.between(moments[~sent])
        self._taken_ns = int(stamps[-1])
        reference = None
        if self._references.count and abs(self._references.newest_ns - end_ns) < GAP_NS:
            reference, _ = self._references.at(moments)
            if not sent.all():
                reference[~sent] = self._references.between(moments[~sent])
        self._start_ns = end_ns
        return end_ns, Block(rows[:, 0], rows[:, 1], rows[:, 2], reference, sent)


class _Ring:
    """The newest values with rising stamps."""

    def __init__(self, size: int, shape: tuple[int, ...]) -> None:
        self._stamps = np.zeros(2 * size, np.int64)
        self._values = np.zeros((2 * size, *shape))
        self._size = size
        self.clear()

    def clear(self) -> None:
        self._end = self.count = 0
        self.newest_ns = 0

    def push(self, stamp_ns: int, value: Array) -> None:
        if self._end == 2 * self._size:  # move the newest half to the front
            self._stamps[: self._size] = self._stamps[self._size :]
            self._values[: self._size] = self._values[self._size :]
            self._end = self._size
        self._stamps[self._end], self._values[self._end] = stamp_ns, value
        self._end += 1
        self.count = min(self.count + 1, self._size)
        self.newest_ns = stamp_ns

    def at(self, moments_ns: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
        """Give the newest value at each moment with its stamp; the oldest where none is so old."""
        first = self._end - self.count
        places = np.searchsorted(self._stamps[first : self._end], moments_ns, 'right') - 1
        found = first + np.maximum(places, 0)
        return self._values[found], self._stamps[found]

    def between(self, moments_ns: NDArray[np.int64]) -> Array:
        """Give values on the line between the samples before and after each moment."""
        first, last = self._end - self.count, self._end - 1
        places = np.searchsorted(self._stamps[first : self._end], moments_ns, 'right') - 1
        before = np.clip(first + places, first, last)
        after = np.minimum(before + 1, last)
        span = np.maximum(self._stamps[after] - self._stamps[before], 1)
        share = np.clip((moments_ns - self._stamps[before]) / span, 0.0, 1.0)
        low, high = self._values[before], self._values[after]
        line: Array = low + share.reshape(-1, *([1] * (low.ndim - 1))) * (high - low)
        return line
