"""Numbers out of label files: finite, or an error that says which cell."""

from __future__ import annotations

from collections.abc import Sequence
import math

from factory_perception.training.datasets.problems import bad


def number(cell: object, what: str, line: int | None = None) -> float:
    """Read a finite number from a cell of text or a JSON value.

    Raises:
        DatasetError: it is none.
    """
    try:
        value = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if isinstance(cell, bool) or not math.isfinite(value):
        raise bad('number', f'{what} is "{str(cell)[:40]}", no finite number', 'correct it', line)
    return value


def whole(cell: object, what: str, line: int | None = None) -> int:
    """Read a whole number.

    Raises:
        DatasetError: it is none.
    """
    value = number(cell, what, line)
    if value != int(value):
        raise bad('number', f'{what} is {value:g}, no whole number', 'correct it', line)
    return int(value)


def numbers(cells: Sequence[object], what: Sequence[str], line: int | None = None) -> list[float]:
    """Read one finite number for each name in ``what``.

    Raises:
        DatasetError: there are more or fewer, or one is none.
    """
    if len(cells) != len(what):
        raise bad(
            'columns', f'{len(cells)} values instead of {len(what)} ({" ".join(what)})',
            'correct the line', line,
        )  # fmt: skip
    return [number(cell, name, line) for cell, name in zip(cells, what)]
