"""The layer that needs no training: trends of residuals against the limits of healthy cycles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.cusum import Cusum
from factory_perception.faults.frame import Array
from factory_perception.faults.latch import Latch
from factory_perception.faults.names import UNKNOWN
from factory_perception.faults.rules import name_signs, Sign
from factory_perception.faults.verdict import ARM, Verdict
from factory_perception.faults.watches import watched, WATCHES

#: An alarm is over after so long without an excess.
QUIET_S = 2.0
#: A joint whose excess is below this share of the greatest only feels another joint's fault.
ECHO = 0.5
_MOST_RATIO = 50.0


class ResidualLayer:
    """Watches one robot, or many beside each other; one call a frame."""

    def __init__(
        self, calibration: Calibration, frame_s: float, robots: tuple[int, ...] = ()
    ) -> None:
        self._calibration = calibration
        self._cusum = Cusum()
        self._latch = Latch(1, 1, max(1, round(QUIET_S / frame_s)))
        shape = (*robots, *calibration.limits.shape)
        self._loaded: NDArray[np.bool_] = np.zeros(robots, bool)
        self._since: NDArray[np.int64] = np.zeros(shape[:-1], np.int64)
        self._values: Array = np.zeros(shape)
        #: Values over limits ``(..., J, W)``, now and the most of each alarm that is up.
        self.ratio: Array = np.zeros(shape)
        self._peak: Array = np.zeros(shape)
        self.alarms: NDArray[np.bool_] = np.zeros(shape, bool)

    def reset(self) -> None:
        """Forget what was seen: after a gap."""
        self._cusum.reset()
        self._latch.reset()
        self._peak[:] = 0.0
        self.alarms = np.zeros_like(self.alarms)

    def update(self, trends: Array, stamp_ns: int) -> None:
        """Take the trends ``(..., J, C, S)`` of a frame."""
        self._values = watched(trends)
        self.ratio = np.minimum(self._values / self._calibration.limits, _MOST_RATIO)
        before = self.alarms.any(axis=-1)
        self.alarms = self._latch.update(self._cusum.update(self.ratio))
        self._peak = np.where(self.alarms, np.maximum(self._peak, self.ratio), 0.0)
        bad = self.alarms.any(axis=-1)
        self._loaded = np.asarray(self._loaded & bad.any(axis=-1))
        self._since = np.where(bad & ~before, stamp_ns, self._since)

    def verdicts(self, stamp_ns: int, robot: tuple[int, ...] = ()) -> list[Verdict]:
        """Say what is wrong with one robot."""
        alarms, peak = self.alarms[robot], self._peak[robot]
        if not alarms.any():
            return []
        age_s = np.asarray((stamp_ns - self._since[robot]) * 1e-9, np.float64)
        loaded = bool(self._loaded[robot])
        signs = name_signs(self._calibration.joints, alarms, peak, age_s, loaded)
        self._loaded[robot] = any(
            sign.part == ARM and sign.fault == 'payload_change' for sign in signs
        )
        strongest = max(peak[sign.joint].max() for sign in signs)
        kept = [sign for sign in signs if peak[sign.joint].max() >= ECHO * strongest]
        return [self._verdict(robot, sign) for sign in kept]

    def _verdict(self, robot: tuple[int, ...], sign: Sign) -> Verdict:
        watch, place = WATCHES[sign.watch], (*robot, sign.joint)
        return Verdict(
            sign.part,
            sign.fault or UNKNOWN,
            float('nan'),
            float('nan'),
            watch.channel,
            float(self._values[place][sign.watch]),
            float(self._calibration.limits[sign.joint, sign.watch]),
            watch.compared,
            int(self._since[place]),
            'residual',
        )
