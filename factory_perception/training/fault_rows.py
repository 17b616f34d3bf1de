"""From frames with the truth to rows that the parts of a diagnosis learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.features import recurrent_rows, strangeness_rows, tree_rows
from factory_perception.faults.trends import Trends
from factory_perception.training.cell_frames import FrameRuns

#: Shares of faulty and of normal rows that are learned from: neighbours say the same.
FAULTY_SHARE, NORMAL_SHARE = 0.3, 0.05
#: Of held-out runs every so many frames are looked at.
HELD_EVERY = 5


@dataclass(frozen=True)
class FaultRows:
    """Rows drawn from runs: ``tree`` and ``strange`` ``(M, F)``, ``classes`` ``(M,)``.

    ``runs`` ``(M,)`` says which run each row is from: rows of one run stay on one side of a split.
    """

    tree: NDArray[np.float32]
    strange: NDArray[np.float32]
    classes: NDArray[np.int64]
    runs: NDArray[np.int64]


@dataclass(frozen=True)
class HeldRows:
    """Rows to judge by; ``drawn`` are their places among all rows with a label."""

    rows: FaultRows
    drawn: NDArray[np.int64]


def draw_rows(
    runs: FrameRuns, calibration: Calibration, kinds: Sequence[str], seed: int = 0
) -> FaultRows:
    """Draw rows of known faults and of normal motion; all other rows are left out."""
    labels = runs.labels(kinds)
    chance = np.random.default_rng(seed).random(labels.shape)
    wanted = chance < np.select([labels > 0, labels == 0], [FAULTY_SHARE, NORMAL_SHARE], 0.0)
    return _gather(runs, calibration, wanted, labels)


def every_row(runs: FrameRuns, calibration: Calibration, kinds: Sequence[str]) -> HeldRows:
    """Give rows of known faults and normal motion, evenly through the runs."""
    labels = runs.labels(kinds)
    wanted = labels >= 0
    wanted[np.arange(len(wanted)) % HELD_EVERY != 0] = False
    rows = _gather(runs, calibration, wanted, labels)
    return HeldRows(rows, np.flatnonzero(wanted[labels >= 0]))


def _gather(
    runs: FrameRuns,
    calibration: Calibration,
    wanted: NDArray[np.bool_],
    labels: NDArray[np.int64],
) -> FaultRows:
    trends = Trends(runs.frame_s)
    tree, strange, owners = [], [], []
    for index, frame in enumerate(runs.each()):
        marks = calibration.model.marks(frame)
        means = trends.update(marks)
        here = wanted[index]
        owners.append(np.nonzero(here)[0])
        tree.append(tree_rows(frame, marks, means)[here])
        strange.append(strangeness_rows(means)[here].astype(np.float32))
    return FaultRows(
        np.concatenate(tree), np.concatenate(strange), labels[wanted], np.concatenate(owners)
    )


def sequences(runs: FrameRuns, calibration: Calibration) -> NDArray[np.float32]:
    """Give the rows of the recurrent network in order of time: ``(N, R, J, F)``."""
    return np.stack([recurrent_rows(one, calibration.model.marks(one)) for one in runs.each()])


def joined(first: FaultRows, second: FaultRows) -> FaultRows:
    """Put rows of two sets of runs together; the runs of the second are counted on."""
    later = second.runs + (first.runs.max() + 1 if len(first.runs) else 0)
    return FaultRows(
        np.concatenate([first.tree, second.tree]),
        np.concatenate([first.strange, second.strange]),
        np.concatenate([first.classes, second.classes]),
        np.concatenate([first.runs, later]),
    )
