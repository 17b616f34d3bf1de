"""Watches: which trend of which mark is looked at without any training, and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.faults.frame import Array
from factory_perception.faults.marks import MARKS
from factory_perception.faults.trends import SPANS_S


@dataclass(frozen=True)
class Watch:
    """One trend that is watched.

    ``least`` is the smallest limit that makes sense for the mark; ``channel`` is what a person
    calls it; ``compared`` says with what it is compared.
    """

    name: str
    mark: str
    span_s: float
    least: float
    channel: str
    compared: str
    signed: bool = False
    #: Whether the mark is a logarithm: margins are added to it, not multiplied.
    log: bool = False


_MODEL = 'the effort that the motion needed on healthy cycles'
WATCHES = (
    Watch('missing', 'missing', 0.08, 0.25, 'position', 'a position in every sample'),
    Watch('frozen', 'frozen', 0.4, 0.35, 'position', 'the motion of the other joints', signed=True),
    Watch('slip', 'slip', 2.0, 0.5, 'position', 'the integral of the velocity'),
    Watch('unloaded', 'unloaded', 0.08, 0.6, 'effort', 'the effort that holds the arm'),
    Watch(
        'ripple',
        'velocity_ripple',
        0.4,
        0.5,
        'velocity',
        'its ripple on healthy cycles',
        True,
        True,
    ),
    Watch('jolt', 'jolt', 0.08, 0.5, 'velocity', 'the jolts of healthy cycles', True, True),
    Watch('knock', 'effort', 0.08, 4.0, 'effort', _MODEL),
    Watch('tracking', 'tracking', 0.08, 4.0, 'position', 'the reference of the controller'),
    Watch('friction', 'friction', 2.0, 1.0, 'effort', f'{_MODEL}, along the way', signed=True),
    Watch('gain', 'gain', 6.0, 1.0, 'effort', f'{_MODEL}, in proportion', signed=True),
    Watch('load', 'effort', 6.0, 1.0, 'effort', _MODEL),
)
_MARK = np.array([MARKS.index(watch.mark) for watch in WATCHES])
WATCH_SPANS_S = np.array([watch.span_s for watch in WATCHES])
_SPAN = np.array([SPANS_S.index(watch.span_s) for watch in WATCHES])
_SIGNED = np.array([watch.signed for watch in WATCHES])
LOG = np.array([watch.log for watch in WATCHES])
LEAST = np.array([watch.least for watch in WATCHES])


def watched(trends: Array) -> Array:
    """Give the values ``(..., J, W)`` of all watches from trends ``(..., J, C, S)``.

    A watch that is not signed sees the magnitude.
    """
    values = trends[..., _MARK, _SPAN]
    return np.where(_SIGNED, values, np.abs(values))
