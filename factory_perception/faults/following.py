"""Whether joints move as they are told: how far their motion goes along with that of the reference.

A joint that stands still where it was sent elsewhere, and one that is led past its target, are off
in the same way once the arm rests. Only on the way does the first not move at all.
"""

from __future__ import annotations

import numpy as np

from factory_perception.faults.frame import Array, Frame

#: Long enough for a few moves of an arm.
SPAN_S = 6.0
#: A reference that moves less than this (rad or m) asks for nothing.
_STILL = 0.01
#: A share beyond this says no more.
_CLIP = 2.0
#: Columns of a joint.
COUNT = 2


class Following:
    """Running covariance of position and reference over the last seconds."""

    def __init__(self, frame_s: float, span_s: float = SPAN_S) -> None:
        """Prepare for frames that are ``frame_s`` apart."""
        self._share = 1.0 - np.exp(-frame_s / span_s)
        self._means: Array | None = None

    def reset(self) -> None:
        """Forget everything."""
        self._means = None

    def update(self, frame: Frame) -> Array:
        """Take the next frame; give ``(..., J, 2)``.

        First the share of the reference's motion that the joint made: 1 for one that follows, 0 for
        one that does not move or was not told to. Then how far the reference moved, in rad or m (a
        standard deviation). Both are 0 while no reference is known.
        """
        places = np.stack([frame.position, frame.position - frame.tracking])  # (2, ..., J)
        known = np.isfinite(places).all(axis=0)
        if self._means is None:
            self._means = np.full_like(places, np.nan)
            self._together, self._asked = np.zeros_like(places[0]), np.zeros_like(places[0])
        before = np.where(np.isfinite(self._means), self._means, places)
        self._means = np.where(known, before + self._share * (places - before), self._means)
        moved, told = np.where(known, places - self._means, 0.0)
        share = np.where(known, self._share, 0.0)
        self._together = self._together + share * (moved * told - self._together)
        self._asked = self._asked + share * (told * told - self._asked)
        follows = np.clip(self._together / (self._asked + _STILL**2), -_CLIP, _CLIP)
        return np.stack([follows, np.sqrt(self._asked)], axis=-1)
