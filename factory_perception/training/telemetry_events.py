"""Alarms of a row a second against true events, at many thresholds at once; events are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.latch import Latch
from factory_perception.faults.telemetry import Array
from factory_perception.faults.telemetry_watch import GOOD_ROWS
from factory_perception.training.telemetry_data import TelemetryRun

#: An alarm belongs to an event when it is raised so long before its onset to so long after its end.
MARGINS_S = {'arm': (5.0, 2.0), 'joint': (0.0, 10.0)}
#: So many thresholds are tried; the strictest lets one row in ten thousand through.
_TRIED, _STRICTEST = 60, 1e-4


@dataclass(frozen=True)
class Tally:
    """What Q thresholds make of E events and U units (cycles, or recordings).

    Attributes:
        delay_s: ``(E, Q)`` from onset to the first alarm, negative where it was before; NaN where
            none was raised.
        kind: ``(E,)``, place of each event's kind.
        unit: ``(E,)``, the unit that its onset lies in.
        false: ``(Q, K, U)``, alarms that belong to no event of their kind.
    """

    delay_s: Array
    kind: NDArray[np.int64]
    unit: NDArray[np.int64]
    false: NDArray[np.int64]

    def found(self, chosen: Sequence[int]) -> NDArray[np.bool_]:
        """Say which events are found ``(E,)``; ``chosen`` is a threshold for each kind."""
        return np.isfinite(self.delays(chosen))

    def delays(self, chosen: Sequence[int]) -> Array:
        """Give the delays ``(E,)``; ``chosen`` is a threshold for each kind."""
        picked: Array = self.delay_s[np.arange(len(self.kind)), np.asarray(chosen)[self.kind]]
        return picked

    def wrong(self, chosen: Sequence[int]) -> NDArray[np.int64]:
        """Give the false alarms of each unit ``(U,)``."""
        picked: NDArray[np.int64] = self.false[list(chosen), np.arange(len(chosen))].sum(axis=0)
        return picked


def units_of(runs: Sequence[TelemetryRun]) -> list[NDArray[np.int64]]:
    """Number the unit of every row: the work cycle where all have one, else the recording."""
    if all(run.cycles is not None for run in runs):
        _, number = np.unique(np.concatenate([run.cycles for run in runs]), return_inverse=True)
        return np.split(number, np.cumsum([len(run.time_s) for run in runs])[:-1])
    return [np.full(len(run.time_s), place) for place, run in enumerate(runs)]


def candidates(scores: Sequence[Array]) -> Array:
    """Give thresholds to try ``(Q, K)`` for scores ``(T, P, K)`` of several runs, loosest first."""
    every = np.concatenate([one.reshape(-1, one.shape[-1]) for one in scores])
    shares = np.append(1.0 - np.geomspace(0.5, _STRICTEST, _TRIED - 1), 1.0)
    return np.quantile(every, shares, axis=0)


def tally(
    runs: Sequence[TelemetryRun],
    scores: Sequence[Array],
    thresholds: Array,
    kinds: tuple[str, ...],
    view: str,
) -> Tally:
    """Hold scores ``(T, P, K)`` of every run against thresholds ``(Q, K)``."""
    before_s, after_s = MARGINS_S[view]
    units = units_of(runs)
    count = max(int(unit.max()) for unit in units) + 1
    false = np.zeros((count, *thresholds.shape), np.int64)
    delays, kind_of, unit_of = [], [], []
    for run, score, unit in zip(runs, scores, units):
        raised, parts = raises(score, thresholds), run.parts(view)
        spurious = raised.copy()
        for one in run.truths:
            kind, part = kinds.index(one.label), parts.index(one.joint if view == 'joint' else '')
            near = (run.time_s >= one.start_s - before_s) & (run.time_s <= one.end_s + after_s)
            spurious[near, :, part, kind] = False
            mine = raised[near, :, part, kind]
            first = run.time_s[near][mine.argmax(axis=0)] - one.start_s
            delays.append(np.where(mine.any(axis=0), first, np.nan))
            kind_of.append(kind)
            row = min(int(np.searchsorted(run.time_s, one.start_s)), len(unit) - 1)
            unit_of.append(int(unit[row]))
        np.add.at(false, unit, spurious.sum(axis=2))
    return Tally(
        np.array(delays).reshape(-1, len(thresholds)),
        np.array(kind_of, np.int64),
        np.array(unit_of, np.int64),
        false.transpose(1, 2, 0),
    )


def raises(score: Array, thresholds: Array) -> NDArray[np.bool_]:
    """Say in which rows alarms begin ``(T, Q, P, K)``, for scores ``(T, P, K)``."""
    latch = Latch(1, 1, GOOD_ROWS)
    bad = score[:, None] > thresholds[:, None]
    up = np.stack([latch.update(row) for row in bad])
    before = np.concatenate([np.zeros_like(up[:1]), up[:-1]])
    return up & ~before


def within_budget(found: Tally, budget: float) -> tuple[int, ...]:
    """Choose a threshold for each kind: most events found with at most ``budget`` false alarms.

    ``budget`` is a number of alarms. Where nothing keeps to it: the strictest thresholds.
    """
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for kind in range(found.false.shape[1]):
        after: dict[int, tuple[int, tuple[int, ...]]] = {}
        for spent, (caught, chosen) in best.items():
            for (false, hits), place in _options(found, kind).items():
                total, entry = spent + false, (caught + hits, (*chosen, place))
                if total <= budget and entry > after.get(total, (-1, ())):
                    after[total] = entry
        best = after
    if not best:
        return (found.false.shape[0] - 1,) * found.false.shape[1]
    return max(best.items(), key=lambda item: (item[1][0], -item[0]))[1][1]


def _options(found: Tally, kind: int) -> dict[tuple[int, int], int]:
    """Give false alarms and events found that a kind can have, and the middle threshold of each."""
    false = found.false[:, kind].sum(axis=1)
    hits = np.isfinite(found.delay_s[found.kind == kind]).sum(axis=0)
    places: dict[tuple[int, int], list[int]] = {}
    for place, pair in enumerate(zip(false.tolist(), hits.tolist())):
        places.setdefault(pair, []).append(place)
    return {pair: row[len(row) // 2] for pair, row in places.items()}
