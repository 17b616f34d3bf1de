"""What is otherwise than it was: steps within a second, and slow changes against the usual.

Friction and gain are slopes: what is left of the effort over the way, and over the effort that a
motion needs. A step of the mass at the tool is a lost part or a part that nobody announced.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factory_perception.faults.frame import Array
from factory_perception.faults.trends import SPANS_S

#: Slopes: a mark, what it is a multiple of, and the spans.
_SLOPES = (('rest_friction', 'moving'), ('rest_gain', 'size'), ('lag_friction', 'moving'))
_SLOPE_SPANS_S = (2.0, 6.0)
#: Where there is less to divide by than this nothing is said.
_LEAST = 0.1
_ROUGH = ('jolt', 'velocity_ripple', 'effort_ripple')
_ROUGH_SPANS_S = (0.4, 2.0)
#: Steps: a mark, a short span, and the longer one that it is compared with.
_STEPS = (
    ('held', 0.08, 0.4),
    ('untold', 0.08, 0.4),
    ('held', 0.4, 2.0),
    ('untold', 0.4, 2.0),
    ('effort', 0.08, 0.4),
    ('tracking', 0.08, 0.4),
    ('rest', 0.08, 0.4),
    ('lag', 0.08, 0.4),
)
#: Changes of a joint.
COUNT = len(_SLOPES) * len(_SLOPE_SPANS_S) + len(_ROUGH) * len(_ROUGH_SPANS_S) + len(_STEPS)


def changes(names: Sequence[str], trends: Array, usual: Array) -> Array:
    """Give the changes ``(..., J, COUNT)``.

    Args:
        names: of the marks; those of a known load among them.
        trends: means of the marks over ``SPANS_S``, ``(..., J, C, S)``.
        usual: their slow means ``(..., J, C)``.
    """
    place = {name: index for index, name in enumerate(names)}
    span = {length: index for index, length in enumerate(SPANS_S)}
    columns = []
    for mark, over in _SLOPES:
        before = usual[..., place[mark]] / (usual[..., place[over]] + _LEAST)
        for length in _SLOPE_SPANS_S:
            now = trends[..., span[length]]
            columns.append(now[..., place[mark]] / (now[..., place[over]] + _LEAST) - before)
    for mark in _ROUGH:
        for length in _ROUGH_SPANS_S:
            columns.append(trends[..., place[mark], span[length]] - usual[..., place[mark]])
    for mark, short, long in _STEPS:
        now = trends[..., place[mark], :]
        columns.append(now[..., span[short]] - now[..., span[long]])
    return np.stack(columns, axis=-1)
