"""Is this a fault like those that were learned? A p-value that needs no assumptions.

Distance: Mahalanobis to the middle of the kind. Each kind has a spread of its own, for a drive that
gets hot and one that was pushed differ in different ways; where rows of a kind are few, it leans on
the spread of all (Friedman, Regularized Discriminant Analysis, 1989). P-value: the share of known
faults that lie farther away (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World,
2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.frame import Array

#: So many distances of known faults are kept a kind.
_KEPT = 200
_SHRINK = 0.05
#: The spread of all kinds counts as much as this many rows of the kind for each figure of a row.
_LEANS = 2.0


@dataclass(frozen=True)
class Strangeness:
    """``middles`` ``(K, F)``, ``whiten`` ``(K, F, F)``, ``known`` ``(K, Q)`` sorted distances."""

    middles: Array
    whiten: Array
    known: Array

    def distances(self, rows: Array, kinds: NDArray[np.int64]) -> Array:
        """Give the distance of rows ``(N, F)`` from the middles of kinds ``(N,)``."""
        found = np.empty(len(rows))
        for kind in np.unique(kinds):
            mine = kinds == kind
            away = (rows[mine] - self.middles[kind]) @ self.whiten[kind]
            found[mine] = np.sqrt((away * away).sum(axis=1))
        return found

    def p_values(self, rows: Array, kinds: NDArray[np.int64]) -> Array:
        """Give the share of known faults of the kind that are stranger, ``(N,)``."""
        distance = self.distances(rows, kinds)
        farther = (self.known[kinds] >= distance[:, None]).sum(axis=1)
        return np.asarray((1.0 + farther) / (1.0 + self.known.shape[1]), np.float64)


def fit_strangeness(rows: Array, classes: NDArray[np.int64], count: int) -> Strangeness:
    """Fit middles and spreads on rows ``(M, F)`` of ``count`` classes; call ``with_known`` next."""
    middles = np.zeros((count, rows.shape[1]))
    for kind in np.unique(classes):
        middles[kind] = rows[classes == kind].mean(axis=0)
    away = rows - middles[classes]
    spread, leans = away.T @ away / len(rows), _LEANS * rows.shape[1]
    whiten = np.empty((count, *spread.shape))
    for kind in range(count):
        mine = away[classes == kind]
        whiten[kind] = _whitening((mine.T @ mine + leans * spread) / (len(mine) + leans))
    return Strangeness(middles, whiten, np.zeros((count, _KEPT)))


def _whitening(spread: Array) -> Array:
    """Give what turns rows of this spread ``(F, F)`` into rows of spread one."""
    figures = np.sqrt(np.diag(spread) + 1e-9)
    alike = spread / figures / figures[:, None]
    alike = (1.0 - _SHRINK) * alike + _SHRINK * np.eye(len(alike))
    return np.asarray(np.linalg.cholesky(np.linalg.inv(alike)) / figures[:, None])


def with_known(strangeness: Strangeness, rows: Array, classes: NDArray[np.int64]) -> Strangeness:
    """Take the distances of rows that were not fitted on; a kind without rows is never strange."""
    known = np.full(strangeness.known.shape, np.inf)
    for kind in np.unique(classes):
        mine = rows[classes == kind]
        distance = strangeness.distances(mine, np.full(len(mine), kind))
        known[kind] = np.quantile(distance, np.linspace(0, 1, known.shape[1]))
    return Strangeness(strangeness.middles, strangeness.whiten, known)
