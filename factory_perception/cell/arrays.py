"""Names for the arrays of the cell; the names say the layout, checkers of types see any array."""

from __future__ import annotations

from typing import Any, TypeAlias

from numpy.typing import NDArray

#: float32 (rows, columns), or (3, rows, columns) where the text says planes.
Field: TypeAlias = NDArray[Any]
#: uint8 (rows, columns, 3) BGR, gamma 2.
Picture: TypeAlias = NDArray[Any]
#: uint8 (rows, columns): a coverage from 0 to 255, a gain, or numbers of things.
Cover: TypeAlias = NDArray[Any]
#: bool (rows, columns).
Mask: TypeAlias = NDArray[Any]
#: float64: matrices, and points with one row each.
Matrix: TypeAlias = NDArray[Any]
