"""The last seconds of every joint, and what was forecast for them: the curves of the page."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.page.facts import Forecast, Joints

#: Length of the curves and how densely they are drawn.
SPAN_S = 10.0
STEP_S = 0.04
#: The page draws no more joints than this.
MAX_JOINTS = 64
_POINTS = round(SPAN_S / STEP_S)
STEP_NS = round(STEP_S * 1e9)
CURVES = ('measured', 'forecast', 'low', 'high')


@dataclass
class Cursor:
    """How far one viewer has been told: the last time of each curve, in one epoch."""

    epoch: int = -1
    told_ns: dict[str, int] = field(default_factory=dict)


class JointChart:
    """Keeps curves of bounded length as rows of a time and one value for each joint.

    Another robot, or a clock that jumps back, begins a new epoch with empty curves.
    """

    def __init__(self, horizon_s: float) -> None:
        """Keep the forecast for so many seconds ahead, to be drawn over what came true."""
        self._horizon_s = horizon_s
        self._epoch = 0
        self._begin(())

    def _begin(self, names: tuple[str, ...]) -> None:
        self._epoch += 1
        self._names = names
        self._curves: dict[str, deque[tuple[int, list[float | None]]]] = {
            name: deque(maxlen=_POINTS) for name in CURVES
        }
        self._ahead_s = 0.0

    def measure(self, joints: Joints) -> None:
        """Add a measurement; those that come too soon after the last are left out."""
        names = joints.names[:MAX_JOINTS]
        measured = self._curves['measured']
        if names != self._names or (measured and joints.stamp_ns < measured[-1][0]):
            self._begin(names)
        self._add('measured', joints.stamp_ns, joints.position[:MAX_JOINTS])

    def forecast(self, forecast: Forecast, curve: str = 'forecast') -> None:
        """Add what is expected at the horizon, or the edge of its band: ``low`` or ``high``."""
        if not self._names or not len(forecast.ahead_s):
            return
        row = int(np.abs(forecast.ahead_s - self._horizon_s).argmin())
        self._ahead_s = float(forecast.ahead_s[row])
        known = dict(zip(forecast.names, forecast.position[row]))
        values = np.array([known.get(name, np.nan) for name in self._names])
        self._add(curve, forecast.stamp_ns + round(self._ahead_s * 1e9), values)

    def _add(self, curve: str, time_ns: int, values: NDArray[np.float64]) -> None:
        rows = self._curves[curve]
        if not rows or time_ns - rows[-1][0] >= STEP_NS:
            rows.append((time_ns, [round(float(v), 5) if np.isfinite(v) else None for v in values]))

    def news(self, cursor: Cursor) -> dict[str, Any]:
        """Give the rows that a viewer has not been told, ready for JSON, and move its cursor."""
        fresh = cursor.epoch != self._epoch
        if fresh:
            cursor.epoch, cursor.told_ns = self._epoch, {}
        rows: dict[str, list[Any]] = {}
        for name, curve in self._curves.items():
            told_ns = cursor.told_ns.get(name, -1)
            rows[name] = [[time_ns / 1e9, values] for time_ns, values in curve if time_ns > told_ns]
            if curve:
                cursor.told_ns[name] = curve[-1][0]
        return {
            'fresh': fresh,
            'names': list(self._names),
            'ahead_s': self._ahead_s,
            'span_s': SPAN_S,
            **rows,
        }
