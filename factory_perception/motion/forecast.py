"""What joints will do: forecasts at some times ahead, and the doubt about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: The band of a forecast is meant to hold this share of what happens.
BAND = 0.9
#: Quantiles of a forecast, in the order of every array that holds them.
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Forecast:
    """Positions ahead of one moment, for one robot.

    Attributes:
        stamp_ns: the moment.
        horizons_s: float64 ``(H,)``, times ahead, rising.
        quantiles: float64 ``(H, 3, J)``, lower edge, median and upper edge of the band.
        methods: who made each horizon: ``network`` or the name of a naive forecaster.
    """

    stamp_ns: int
    horizons_s: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    methods: tuple[str, ...]

    @property
    def lower(self) -> NDArray[np.float64]:
        """Give the lower edge ``(H, J)``."""
        return self.quantiles[:, 0]

    @property
    def median(self) -> NDArray[np.float64]:
        """Give the middle ``(H, J)``, the forecast itself."""
        return self.quantiles[:, 1]

    @property
    def upper(self) -> NDArray[np.float64]:
        """Give the upper edge ``(H, J)``."""
        return self.quantiles[:, 2]
