"""Read joint samples by name into one fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import math

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.oddities import Oddities, Oddity

#: Rows of a sample ``(3, J)``.
POSITION, VELOCITY, EFFORT = 0, 1, 2
#: So many different lists of names are remembered; more only when somebody makes them up.
_MOST_LISTS = 16
Numbers = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True)
class _Order:
    """Where the joints stand in samples with one list of names.

    Attributes:
        ours: int ``(K,)``, columns of ours that such a sample holds.
        theirs: int ``(K,)``, where they stand in it.
        straight: whether it is exactly our list.
        oddities: what is odd about the list, with details.
    """

    ours: NDArray[np.int64]
    theirs: NDArray[np.int64]
    straight: bool
    oddities: tuple[tuple[Oddity, str], ...]


class JointReader:
    """Reads samples of some joints; what is odd about them is counted."""

    def __init__(self, joints: Sequence[str], oddities: Oddities) -> None:
        """Take the joints in the order that is wanted.

        Raises:
            ValueError: no joint, or one twice.
        """
        if not joints or len(set(joints)) != len(joints):
            raise ValueError(f'joints must be named, and once each: {", ".join(joints) or "none"}')
        self.joints = tuple(joints)
        self._own = list(joints)
        self._oddities = oddities
        self._orders: dict[tuple[str, ...], _Order] = {}
        self._unknown = np.full((3, len(joints)), np.nan)
        self._has_effort = False

    def read(
        self, names: Sequence[str], position: Numbers, velocity: Numbers, effort: Numbers
    ) -> NDArray[np.float64] | None:
        """Give one sample as ``(3, J)``: position, velocity, effort; NaN is what is not known.

        Effort that was never anything but zero or NaN since the start is not known. A sample
        without any of our joints is none of our business: it gives ``None`` and is not counted.

        Args:
            names: the joints of the sample, in its own order.
            position: as long as ``names``.
            velocity: as long as ``names``, or empty.
            effort: as long as ``names``, or empty.
        """
        order = self._order(names)
        if not len(order.ours):
            return None
        count = len(names)
        lengths = {len(velocity), len(effort), count, 0}
        if len(position) != count or lengths > {count, 0}:
            self._oddities.note(
                Oddity.BROKEN,
                f'{count} names, {len(position)} positions, {len(velocity)} velocities, '
                f'{len(effort)} efforts',
            )
            return None
        for kind, detail in order.oddities:
            self._oddities.note(kind, detail)
        sample = self._unknown.copy()
        for row, values in enumerate((position, velocity, effort)):
            if len(values):
                self._put(sample[row], order, values)
        self._judge(sample, order)
        return sample

    @staticmethod
    def _put(row: NDArray[np.float64], order: _Order, values: Numbers) -> None:
        if order.straight:
            row[:] = values
        else:
            row[order.ours] = np.asarray(values, np.float64)[order.theirs]

    def _judge(self, sample: NDArray[np.float64], order: _Order) -> None:
        """Find out what is not really known."""
        # One sum tells whether all three rows are finite, which they mostly are.
        if not math.isfinite(sample.sum()):
            sample[~np.isfinite(sample)] = np.nan
            known = ~np.isnan(sample[POSITION])
            if not known[order.ours].all():
                self._oddities.note(Oddity.NO_POSITION, self._names(order.ours[~known[order.ours]]))
            if np.isnan(sample[VELOCITY, known]).any():
                self._oddities.note(Oddity.NO_VELOCITY)
        if not self._has_effort:
            self._has_effort = bool(np.nansum(np.abs(sample[EFFORT])) > 0)
            if not self._has_effort:
                sample[EFFORT] = np.nan
                self._oddities.note(Oddity.NO_EFFORT)

    def _names(self, places: NDArray[np.int64]) -> str:
        return ', '.join(self.joints[place] for place in places)

    def _order(self, names: Sequence[str]) -> _Order:
        key = tuple(names)
        order = self._orders.get(key)
        if order is None:
            if len(self._orders) >= _MOST_LISTS:
                self._orders.clear()
            order = self._orders[key] = self._learn(key)
        return order

    def _learn(self, names: tuple[str, ...]) -> _Order:
        found = [(ours, names.index(name)) for ours, name in enumerate(self._own) if name in names]
        ours, theirs = np.array(found, np.int64).reshape(-1, 2).T
        odd: list[tuple[Oddity, str]] = []
        missing = [name for name in self._own if name not in names]
        extra = [name for name in names if name not in self._own]
        if missing:
            odd.append((Oddity.MISSING_JOINT, f'without {", ".join(missing)}'))
        if extra:
            odd.append((Oddity.EXTRA_JOINT, ', '.join(extra)))
        if (np.diff(theirs) < 0).any():
            odd.append((Oddity.OTHER_ORDER, ', '.join(names)))
        if len(set(names)) != len(names):
            odd.append((Oddity.BROKEN, f'a joint is named twice: {", ".join(names)}'))
        return _Order(ours, theirs, names == self.joints, tuple(odd))
