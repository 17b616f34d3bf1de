"""A band around forecasts that nobody calibrated: learnt from the errors of the last minutes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.forecast import QUANTILES
from factory_perception.motion.window_ring import WindowRing

#: Errors of a band are looked at anew after so many rows.
_EVERY = 64


class LiveBand:
    """Edges that held 90 % of the last errors of a forecaster, joint by joint."""

    def __init__(self, steps: tuple[int, ...], joints: int, rows: int = 2048) -> None:
        """Take the horizons in rows, the number of joints, and how many errors to look at."""
        self._steps = steps
        self._made = WindowRing(max(steps) + 1, (len(steps), joints))
        self._errors = WindowRing(rows, (len(steps), joints))
        #: Lower and upper edge relative to the forecast, ``(H, 2, J)``; NaN before there are any.
        self.edges: NDArray[np.float64] = np.full((len(steps), 2, joints), np.nan)

    def learn(self, position: NDArray[np.float64], forecast: NDArray[np.float64]) -> None:
        """Take the next row: measured ``(J,)`` and what is forecast from it ``(H, J)``."""
        self._made.push(forecast)
        if len(self._made) <= max(self._steps):
            return
        made = self._made.last(max(self._steps) + 1)
        came = [position - made[-1 - steps, place] for place, steps in enumerate(self._steps)]
        self._errors.push(np.stack(came))
        if self._errors.count % _EVERY == 0:
            errors = self._errors.last(len(self._errors))
            low, high = np.quantile(errors, (QUANTILES[0], QUANTILES[-1]), axis=0)
            self.edges = np.stack([low, high], axis=1)

    def interrupt(self) -> None:
        """Forget open forecasts after a gap; what was learnt stays."""
        self._made.clear()
