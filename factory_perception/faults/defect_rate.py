"""Whether more parts have defects than before."""

from __future__ import annotations

from collections import deque

import numpy as np

from factory_perception.faults.frame import Array
from factory_perception.faults.verdict import Verdict

PARTS = 'parts'
#: The rate of defects is taken over so many parts, against the rate of at most so many before.
RECENT_PARTS, USUAL_PARTS = 60, 600
#: Rates are told apart by so many standard deviations, and alike by so many. Every part is another
#: test: at 4.75 a shift of a thousand parts sees a false alarm about once in a hundred.
_RAISE, _CLEAR = 4.75, 3.0
_NOT = float('nan')


class DefectRate:
    """Counts parts, each once."""

    def __init__(self) -> None:
        self._bad: deque[bool] = deque(maxlen=USUAL_PARTS)
        self._since_ns = 0
        self._verdict: Verdict | None = None

    def add(self, defective: bool, stamp_ns: int) -> None:
        """Count a part."""
        self._bad.append(defective)
        if len(self._bad) < 2 * RECENT_PARTS:
            return
        bad = np.array(self._bad)
        recent, usual = bad[-RECENT_PARTS:].mean(), float(bad[:-RECENT_PARTS].mean())
        deviations = _RAISE if self._verdict is None else _CLEAR
        limit = rate_limit(usual, len(bad) - RECENT_PARTS, deviations)
        if recent <= limit:
            self._verdict = None
            return
        if self._verdict is None:
            self._since_ns = stamp_ns
        self._verdict = Verdict(
            PARTS, 'defect_rate', _NOT, _NOT, f'share of defects in {RECENT_PARTS} parts',
            float(recent), limit, f'{usual:.1%} of {len(bad) - RECENT_PARTS} parts before',
            self._since_ns, 'camera',
        )  # fmt: skip

    def verdicts(self) -> list[Verdict]:
        """Say whether there are more."""
        return [] if self._verdict is None else [self._verdict]


def rate_limit(usual: float, parts: int, deviations: float) -> float:
    """Give the share among ``RECENT_PARTS`` that may still be chance.

    The signed root of the likelihood ratio of two proportions (Wilks, 1938); unlike the plain
    difference of proportions it holds for rates near 0.

    Args:
        usual: share of defects among the parts before.
        parts: how many these were.
        deviations: so many standard deviations are chance.
    """
    recent = np.arange(RECENT_PARTS + 1) / RECENT_PARTS
    pooled = (recent * RECENT_PARTS + usual * parts) / (RECENT_PARTS + parts)
    apart = RECENT_PARTS * _divergence(recent, pooled)
    apart += parts * _divergence(np.full_like(recent, usual), pooled)
    chance = (recent <= usual) | (np.sqrt(2 * apart) <= deviations)
    return float(recent[chance].max())


def _divergence(share: Array, other: Array) -> Array:
    """Give the Kullback-Leibler divergence of two shares."""
    tiny = 1e-12
    hit = share * np.log((share + tiny) / (other + tiny))
    miss: Array = (1 - share) * np.log((1 - share + tiny) / (1 - other + tiny))
    return hit + miss
