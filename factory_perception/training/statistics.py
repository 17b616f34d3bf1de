"""Intervals: how far a figure can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f'{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]'


def bootstrap(
    figure: Callable[[NDArray[np.float64]], float],
    units: int,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Interval:
    """Give the 95 % interval of a figure by resampling units (Efron's percentile bootstrap).

    Args:
        figure: takes how often each unit was drawn ``(units,)`` and gives the figure; a difference
            of two figures of the same units gives a paired interval.
        units: number of pictures, recordings or objects; never frames or windows of one.
        seed: of the resampling.
        resamples: how often.
    """
    (interval,) = bootstrap_all(lambda drawn: np.array([figure(drawn)]), units, seed, resamples)
    return interval


def bootstrap_all(
    figures: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    units: int,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> list[Interval]:
    """Give the 95 % intervals of several figures of the same units, all from the same draws.

    Args:
        figures: as for ``bootstrap``, but gives an array ``(F,)``; NaN where a draw holds nothing
            that a figure could be made of.
        units: number of pictures, recordings or objects.
        seed: of the resampling.
        resamples: how often.
    """
    rng = np.random.default_rng(seed)
    values = np.stack(
        [
            figures(np.bincount(rng.integers(0, units, units), minlength=units).astype(float))
            for _ in range(resamples)
        ]
    )  # (resamples, F)
    found = figures(np.ones(units))
    return [_interval(float(value), column) for value, column in zip(found, values.T)]


def _interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Interval(value, float('nan'), float('nan'))
    low, high = np.percentile(known, (2.5, 97.5))
    return Interval(value, float(low), float(high))


def flat(figures: Mapping[str, Interval]) -> dict[str, float]:
    """Give every figure with its interval under names of their own, for JSON."""
    found: dict[str, float] = {}
    for name, one in figures.items():
        found |= {name: one.value, f'{name}_low': one.low, f'{name}_high': one.high}
    return found


def wilson(hits: int, tries: int) -> Interval:
    """Give the 95 % interval of a share (Wilson, 1927)."""
    if tries == 0:
        return Interval(float('nan'), 0.0, 1.0)
    z = 1.959964
    share = hits / tries
    middle = (share + z * z / (2 * tries)) / (1 + z * z / tries)
    spread = z * np.sqrt(share * (1 - share) / tries + z * z / (4 * tries**2))
    half = float(spread / (1 + z * z / tries))
    return Interval(share, max(middle - half, 0.0), min(middle + half, 1.0))


def poisson(count: int, watched: float) -> Interval:
    """Give the rate of rare events with its 95 % interval (Byar's approximation).

    Args:
        count: events that were seen.
        watched: for how long; the rate is in events per unit of it.
    """
    z = 1.959964
    more = count + 1
    low = count * max(1 - 1 / (9 * count) - z / (3 * np.sqrt(count)), 0.0) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    if watched <= 0:
        return Interval(float('nan'), 0.0, float('inf'))
    return Interval(count / watched, float(low / watched), float(high / watched))
