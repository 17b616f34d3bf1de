"""From which score on each kind of fault counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.telemetry import Array
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_events import (
    candidates,
    tally,
    units_of,
    within_budget,
)

#: False alarms of a work cycle that may be; rivals are compared there.
PER_CYCLE = 0.05


def fit_thresholds(
    runs: Sequence[TelemetryRun], scores: Sequence[Array], kinds: tuple[str, ...], view: str
) -> Array:
    """Choose thresholds ``(K,)`` for scores ``(T, P, K)`` of recordings that taught nothing.

    Where work cycles are known: most events found with at most ``PER_CYCLE`` false alarms a cycle.
    Else: the best F1 over rows.
    """
    tried = candidates(scores)
    if all(run.cycles is not None for run in runs):
        found = tally(runs, scores, tried, kinds, view)
        cycles = max(int(unit.max()) for unit in units_of(runs)) + 1
        chosen = within_budget(found, PER_CYCLE * cycles)
        return tried[list(chosen), np.arange(len(kinds))]
    truth = np.concatenate([run.labels(kinds, view).ravel() for run in runs])
    score = np.concatenate([one.reshape(-1, len(kinds)) for one in scores])
    best = [
        max(tried[:, kind], key=lambda limit: _f1(truth == kind + 1, score[:, kind] > limit))
        for kind in range(len(kinds))
    ]
    return np.array(best)


def _f1(truth: NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    return float(2 * (truth & found).sum() / max(truth.sum() + found.sum(), 1))
