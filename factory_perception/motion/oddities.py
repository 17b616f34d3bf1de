"""What can be odd about a stream of joint states, counted and named."""

from __future__ import annotations

from enum import Enum


class Oddity(Enum):
    """Kinds of oddities; the value is a short name, ``text`` what a person should know."""

    BROKEN = 'broken'
    MISSING_JOINT = 'missing_joint'
    EXTRA_JOINT = 'extra_joint'
    OTHER_ORDER = 'other_order'
    NO_POSITION = 'no_position'
    NO_VELOCITY = 'no_velocity'
    NO_EFFORT = 'no_effort'
    JUMP = 'jump'
    NO_STAMP = 'no_stamp'
    DUPLICATE_STAMP = 'duplicate_stamp'
    LATE = 'late'
    CLOCK_BACK = 'clock_back'
    GAP = 'gap'

    @property
    def text(self) -> str:
        """Say what it means and what is done about it."""
        return _TEXTS[self]

    @property
    def is_fault(self) -> bool:
        """Say whether something is wrong, rather than just worth knowing."""
        return self not in _FACTS


_TEXTS = {
    Oddity.BROKEN: 'samples that cannot be read are left out',
    Oddity.MISSING_JOINT: 'joints are missing; their last value stands in for a moment',
    Oddity.EXTRA_JOINT: 'other joints are in the samples too; they are ignored',
    Oddity.OTHER_ORDER: 'joints come in another order; they are read by name',
    Oddity.NO_POSITION: 'positions are no numbers; the last value stands in for a moment',
    Oddity.NO_VELOCITY: 'no velocity is published; it is taken from the positions',
    Oddity.NO_EFFORT: 'no effort is published, or nothing but zeros',
    Oddity.JUMP: 'joints jump faster than any drive moves',
    Oddity.NO_STAMP: 'samples carry no time stamp; the time of their arrival stands in',
    Oddity.DUPLICATE_STAMP: 'samples repeat the stamp before; they are left out',
    Oddity.LATE: 'samples are older than the one before; they are left out',
    Oddity.CLOCK_BACK: 'the clock of the samples jumped back; the history began anew',
    Oddity.GAP: 'samples are missing for too long; the history began anew',
}
_FACTS = frozenset({Oddity.EXTRA_JOINT, Oddity.OTHER_ORDER, Oddity.NO_VELOCITY, Oddity.NO_EFFORT})


class Oddities:
    """Counts of one stream; written by one thread, read by any."""

    def __init__(self) -> None:
        self.counts: dict[Oddity, int] = dict.fromkeys(Oddity, 0)
        #: The last case of each kind in detail.
        self.details: dict[Oddity, str] = {}

    def note(self, kind: Oddity, detail: str = '') -> None:
        """Count one case."""
        self.counts[kind] += 1
        if detail:
            self.details[kind] = detail

    def since(self, before: dict[Oddity, int]) -> dict[Oddity, int]:
        """Give how often each kind happened since ``dict(oddities.counts)`` was taken."""
        new = {kind: count - before.get(kind, 0) for kind, count in self.counts.items()}
        return {kind: count for kind, count in new.items() if count > 0}

    def sentence(self, kind: Oddity) -> str:
        """Say what is odd, with the last case."""
        detail = self.details.get(kind)
        return f'{kind.text} ({detail})' if detail else kind.text
