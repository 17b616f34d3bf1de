"""From which score on each kind of fault counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from factory_perception.faults.telemetry import Array, ROW_S
from factory_perception.training.telemetry_data import TelemetryRun
from factory_perception.training.telemetry_events import (
    candidates,
    tally,
    units_of,
    within_budget,
)

#: False alarms that may be: of a work cycle, and of an hour where cycles are not known (work cycles
#: of half a minute make the same of both). Rivals are compared there.
PER_CYCLE, PER_HOUR = 0.05, 6.0


@dataclass(frozen=True)
class Budget:
    """How many false ``alarms`` recordings may have, and by which rule: ``0.05 ... per_cycle``."""

    alarms: float
    rule: str


def budget_of(runs: Sequence[TelemetryRun]) -> Budget:
    """Give what recordings may have, by cycle where all cycles are known."""
    if all(run.cycles is not None for run in runs):
        cycles = max(int(unit.max()) for unit in units_of(runs)) + 1
        return Budget(PER_CYCLE * cycles, f'{PER_CYCLE:g}_false_alarms_per_cycle')
    hours = sum(len(run.time_s) for run in runs) * ROW_S / 3600.0
    return Budget(PER_HOUR * hours, f'{PER_HOUR:g}_false_alarms_per_hour')


def fit_thresholds(
    runs: Sequence[TelemetryRun], scores: Sequence[Array], kinds: tuple[str, ...], view: str
) -> Array:
    """Choose thresholds ``(K,)`` for scores ``(T, P, K)`` of recordings that taught nothing.

    Those that find the most events with no more false alarms than ``budget_of`` allows.
    """
    tried = candidates(scores)
    found = tally(runs, scores, tried, kinds, view)
    chosen = within_budget(found, budget_of(runs).alarms)
    return tried[list(chosen), np.arange(len(kinds))]
