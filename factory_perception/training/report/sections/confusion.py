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
#: A larger table is not to be read, nor to be loaded.
MOST_CLASSES = 30


def confusion_grid(counts: NDArray[np.integer], names: Sequence[str], what: str) -> Grid:
    """Give a confusion matrix; every row is shaded by its shares.

    Args:
        counts: ``(N, N)``, rows are the truth.
        names: of rows and columns.
        what: what was counted.
    """
    note = 'Blue is right, red is wrong; the darker, the larger the share of the row.'
    totals = counts.sum(1, keepdims=True)
    shades = counts / np.maximum(totals, 1)
    good = np.eye(len(counts)) > 0
    shown: NDArray[np.intp] = np.arange(len(names))
    if len(names) > MOST_CLASSES:
        wrong = np.where(good, 0, counts)
        worst = np.argsort(-(wrong.sum(0) + wrong.sum(1)), kind='stable')[:MOST_CLASSES]
        shown = np.sort(worst)
        note += f' The {MOST_CLASSES} of {len(names)} with the most mistakes.'
    kept = tuple(names[int(index)] for index in shown)
    cut = np.ix_(shown, shown)
    return Grid(
        'confusion', f'Confusion, in {what}', 'truth ↓ answer →', kept, kept,
        counts[cut].astype(np.float64), shades[cut], good[cut], note,
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
