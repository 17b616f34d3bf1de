"""Values that a servo bus misread: they are outside what the servos can say, and become NaN.

Hiwonder bus servos answer positions of 0 to 1000 ticks (0 to 240 degrees; a joint that is pushed
over its end stands at up to 1062 for minutes), whole degrees Celsius and millivolts. Now and then a
16-bit answer is read wrongly, as -16000 or 32500 for one, and a temperature as 255.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

#: Angle of one tick, and how facts of a recording name the unit.
TICK_RAD = math.radians(240) / 1000
UNIT = 'servo ticks'
#: What is possible, by quantity.
POSSIBLE = {'position': (0.0, 1100.0), 'temperature': (0.0, 120.0), 'voltage': (0.0, 20_000.0)}


def without_misread(values: NDArray[np.float64], quantity: str) -> tuple[NDArray[np.float64], int]:
    """Give values with the impossible ones as NaN, and how many these are."""
    low, high = POSSIBLE[quantity]
    wrong = (values < low) | (values > high)
    return np.where(wrong, np.nan, values), int(wrong.sum())
