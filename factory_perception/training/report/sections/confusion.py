"""What was taken for what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.training.report.parts import Grid
from factory_perception.training.report.report import Section
from factory_perception.training.report.sections.left_out import left_out
from factory_perception.training.report.text import counted, listed

TITLE = 'What was taken for what'


def confusion_grid(
    counts: NDArray[np.integer],
    rows: Sequence[str],
    columns: Sequence[str],
    what: str,
    good: NDArray[np.bool_] | None = None,
) -> Grid:
    """Give a confusion matrix; every row is shaded by its shares.

    Args:
        counts: ``(R, C)``, rows are the truth.
        rows: names.
        columns: names.
        what: what was counted.
        good: which cells are as they should be; the diagonal when absent.
    """
    totals = counts.sum(1, keepdims=True)
    shades = counts / np.maximum(totals, 1)
    wished = np.eye(len(counts)) > 0 if good is None else good
    return Grid(
        'confusion', f'Confusion, in {what}', 'truth ↓ answer →', tuple(rows), tuple(columns),
        counts.astype(np.float64), shades, wished,
        'Blue is right, red is wrong; the darker, the larger the share of the row.',
    )  # fmt: skip


def confusion_section(grid: Grid | None) -> Section:
    """Show a confusion matrix and name its worst cells."""
    if grid is None or not grid.values.sum():
        return left_out(TITLE, 'nothing was answered')
    worst = worst_confusions(grid)
    lead = 'Nothing was taken for something else.'
    if worst:
        said = [f'{true} as {answer} ({count})' for true, answer, count in worst]
        lead = f'The most frequent mistakes: {listed(said)}.'
    return Section(TITLE, (grid,), lead)


def worst_confusions(grid: Grid, most: int = 3) -> list[tuple[str, str, str]]:
    """Give truth, answer and count of the cells that cost most."""
    wrong = np.where(grid.good, 0, grid.values)
    found = []
    for place in np.argsort(-wrong, axis=None, kind='stable')[:most]:
        row, column = divmod(int(place), wrong.shape[1])
        if wrong[row, column] > 0:
            count = counted(int(wrong[row, column]), 'time')
            found.append((grid.rows[row], grid.columns[column], count))
    return found
