"""From frames with the truth to rows that the parts of a diagnosis learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.features import (
    recurrent_rows,
    row_widths,
    strangeness_rows,
    tree_rows,
)
from factory_perception.faults.observer import Observer
from factory_perception.training.cell_frames import FrameRuns

#: Shares of faulty and of normal rows that are learned from: neighbours say the same.
FAULTY_SHARE, NORMAL_SHARE = 0.3, 0.05
#: More rows than this of either sort teach trees little.
MOST_ROWS = 60_000
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
class RunRows:
    """What runs teach: ``rows`` for trees, ``series`` float16 ``(N, R, J, F)`` for the network.

    Half precision is fine for marks that are compressed, and takes half of the memory. ``drawn``
    are the places of the rows among all that have a label.
    """

    rows: FaultRows
    series: NDArray[np.float16]
    drawn: NDArray[np.int64]


def draw_rows(
    runs: FrameRuns, calibration: Calibration, kinds: Sequence[str], seed: int = 0
) -> RunRows:
    """Draw rows of known faults and of normal motion; all other rows are left out."""
    labels = runs.labels(kinds)
    chance = np.random.default_rng(seed).random(labels.shape)
    shares = (_share(labels > 0, FAULTY_SHARE), _share(labels == 0, NORMAL_SHARE))
    wanted = chance < np.select([labels > 0, labels == 0], shares, 0.0)
    return _gather(runs, calibration, wanted, labels)


def _share(there: NDArray[np.bool_], share: float) -> float:
    return min(share, MOST_ROWS / max(int(there.sum()), 1))


def every_row(runs: FrameRuns, calibration: Calibration, kinds: Sequence[str]) -> RunRows:
    """Give rows of known faults and normal motion, evenly through the runs."""
    labels = runs.labels(kinds)
    wanted = labels >= 0
    wanted[np.arange(len(wanted)) % HELD_EVERY != 0] = False
    return _gather(runs, calibration, wanted, labels)


def _gather(
    runs: FrameRuns,
    calibration: Calibration,
    wanted: NDArray[np.bool_],
    labels: NDArray[np.int64],
) -> RunRows:
    observer = Observer(calibration, runs.frame_s)
    tree, strange, owners = [], [], []
    width = row_widths(calibration)[1]
    series = np.empty((*labels.shape, width), np.float16)
    for index, frame in enumerate(runs.each()):
        seen, here = observer.update(frame), wanted[index]
        series[index] = recurrent_rows(seen)
        owners.append(np.nonzero(here)[0])
        tree.append(tree_rows(seen)[here])
        strange.append(strangeness_rows(seen)[here].astype(np.float32))
    rows = FaultRows(
        np.concatenate(tree), np.concatenate(strange), labels[wanted], np.concatenate(owners)
    )
    return RunRows(rows, series, np.flatnonzero(wanted[labels >= 0]))


def sequences(runs: FrameRuns, calibration: Calibration) -> NDArray[np.float16]:
    """Give only the rows of the recurrent network, in order of time: ``(N, R, J, F)``."""
    return _gather(runs, calibration, *_nothing(runs)).series


def _nothing(runs: FrameRuns) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    shape = runs.frames.position.shape
    return np.zeros(shape, np.bool_), np.zeros(shape, np.int64)


def joined(first: FaultRows, second: FaultRows) -> FaultRows:
    """Put rows of two sets of runs together; the runs of the second are counted on."""
    later = second.runs + (first.runs.max() + 1 if len(first.runs) else 0)
    return FaultRows(
        np.concatenate([first.tree, second.tree]),
        np.concatenate([first.strange, second.strange]),
        np.concatenate([first.classes, second.classes]),
        np.concatenate([first.runs, later]),
    )
