"""What was forecast for now: kept until it can be compared with what came."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.window_ring import WindowRing


class PastForecasts:
    """The forecasts of one robot at one horizon."""

    def __init__(self, steps: int, joints: int) -> None:
        """Take the horizon in rows."""
        self._steps = steps
        self._made = WindowRing(steps, (joints,))

    def compare(
        self, position: NDArray[np.float64], forecast: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Give measured minus forecast ``(J,)``; ``None`` while there is no forecast for now.

        Call it once a row.

        Args:
            position: ``(J,)``, what is measured now.
            forecast: ``(J,)``, what is forecast now for the horizon.
        """
        ready = len(self._made) == self._steps
        result = position - self._made.last(self._steps)[0] if ready else None
        self._made.push(forecast)
        return result

    def reset(self) -> None:
        """Forget all forecasts."""
        self._made.clear()
