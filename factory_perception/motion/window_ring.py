"""The last so many rows of something, always readable as one array without a copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class WindowRing:
    """A ring that keeps every row twice, so that any window lies in one piece."""

    def __init__(self, size: int, shape: tuple[int, ...], dtype: str = 'float64') -> None:
        self._rows = np.zeros((2 * size, *shape), dtype)
        self._size = size
        self._next = 0
        self.count = 0

    def __len__(self) -> int:
        """Give how many rows can be read."""
        return min(self.count, self._size)

    def push(self, row: NDArray | float) -> None:
        """Add a row; the oldest falls out."""
        self._rows[self._next] = row
        self._rows[self._next + self._size] = row
        self._next = (self._next + 1) % self._size
        self.count += 1

    def last(self, count: int) -> NDArray:
        """Give a view ``(count, ...)`` of the newest rows, oldest first; good until the next push.

        Raises:
            ValueError: there are not so many.
        """
        if count > len(self):
            raise ValueError(f'{count} rows are wanted, but there are {len(self)}')
        end = self._next + self._size
        return self._rows[end - count : end]

    def clear(self) -> None:
        """Forget everything."""
        self._next = self.count = 0
