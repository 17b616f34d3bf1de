"""Decide by its time stamp what a sample is good for."""

from __future__ import annotations

from typing import NamedTuple

from factory_perception.motion.oddities import Oddities, Oddity


class Verdict(NamedTuple):
    """What a stamp says.

    ``usable``: whether the sample comes after the one before. ``anew``: whether so much time lies
    between that a new history begins. ``stamp_ns``: the time to go by.
    """

    usable: bool
    anew: bool
    stamp_ns: int


class SampleClock:
    """Follows the stamps of one stream."""

    def __init__(self, max_gap_ns: int, oddities: Oddities) -> None:
        self._max_gap_ns = max_gap_ns
        self._oddities = oddities
        self._last_ns = 0

    def judge(self, stamp_ns: int, received_ns: int) -> Verdict:
        """Judge the next sample.

        Args:
            stamp_ns: of its header; 0 says that nobody set it.
            received_ns: when it arrived, on the clock of the node; it stands in for a missing
                stamp.
        """
        if stamp_ns <= 0:
            self._oddities.note(Oddity.NO_STAMP)
            stamp_ns = received_ns
        if not self._last_ns:
            self._last_ns = max(stamp_ns, 0)
            return Verdict(stamp_ns > 0, False, stamp_ns)
        later_ns = stamp_ns - self._last_ns
        if later_ns == 0:
            self._oddities.note(Oddity.DUPLICATE_STAMP)
            return Verdict(False, False, stamp_ns)
        anew = abs(later_ns) > self._max_gap_ns
        if anew:
            kind = Oddity.GAP if later_ns > 0 else Oddity.CLOCK_BACK
            self._oddities.note(kind, f'{abs(later_ns) * 1e-9:.3g} s')
        elif later_ns < 0:
            self._oddities.note(Oddity.LATE, f'{-later_ns * 1e-6:.3g} ms')
            return Verdict(False, False, stamp_ns)
        self._last_ns = stamp_ns
        return Verdict(True, anew, stamp_ns)
