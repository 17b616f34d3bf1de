"""What a section of a report is made of, beside charts; nothing here knows any task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.chart import Chart
from factory_perception.training.report.picture import Picture
from factory_perception.training.statistics import Interval

Cell = str | int | float | None


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Notice:
    """A sentence that must not be overlooked; ``level`` is ``good``, ``watch`` or ``stop``."""

    text: str
    level: str = 'watch'


@dataclass(frozen=True)
class Code:
    """Something to be typed."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Names with values."""

    key: str
    title: str
    rows: Mapping[str, Cell]

    def numbers(self) -> dict[str, Any]:
        """Give the values by name."""
        return dict(self.rows)


@dataclass(frozen=True)
class Table:
    """Rows under a header; the first cell names its row."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ''
    digits: int = 3

    def numbers(self) -> list[dict[str, Cell]]:
        """Give every row by the names of its columns."""
        return [dict(zip(self.header, row)) for row in self.rows]


@dataclass(frozen=True)
class Grid:
    """Numbers that are seen as a pattern, such as a confusion matrix.

    Attributes:
        key: name among the numbers of the report.
        title: what it is.
        corner: what the rows and the columns are.
        rows: names.
        columns: names.
        values: ``(R, C)``.
        shades: ``(R, C)`` 0 to 1, how dark each cell is.
        good: ``(R, C)`` which cells are as one wishes: they have another colour and a bold number.
        note: how to read it.
        digits: after the point; 0 for counts.
    """

    key: str
    title: str
    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]
    shades: NDArray[np.float64]
    good: NDArray[np.bool_]
    note: str = ''
    digits: int = 0

    def numbers(self) -> dict[str, Any]:
        """Give the values with the names of rows and columns."""
        return {'rows': self.rows, 'columns': self.columns, 'values': self.values}


@dataclass(frozen=True)
class Row:
    """A figure with its interval, by name, and something to know beside it."""

    name: str
    value: Interval
    beside: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Intervals:
    """Figures with their 95 % intervals on a common scale.

    Attributes:
        key: name among the numbers of the report.
        title: what it is.
        header: names of the columns: what is measured, the figure, and what stands beside it.
        rows: in the order in which they are to be read.
        low: where the scale begins.
        high: where it ends.
        mark: a place on the scale that all are compared with.
        note: how to read it.
    """

    key: str
    title: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    low: float = 0.0
    high: float = 1.0
    mark: float | None = None
    note: str = ''

    def numbers(self) -> dict[str, Any]:
        """Give figure and interval by name."""
        return {
            row.name: {**vars(row.value), **dict(zip(self.header[2:], row.beside))}
            for row in self.rows
        }


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side."""

    key: str
    title: str
    pictures: tuple[Picture, ...]
    note: str = ''

    def numbers(self) -> list[dict[str, str]]:
        """Give what is known about each picture, without the pictures."""
        return [{'file': one.file, 'caption': one.caption} for one in self.pictures]


Part = Words | Notice | Code | Facts | Table | Grid | Intervals | Gallery | Chart
