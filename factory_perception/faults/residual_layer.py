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
    """Watches one robot; one call a frame."""

    def __init__(self, calibration: Calibration, frame_s: float) -> None:
        self._calibration, self._frame_s = calibration, frame_s
        self._cusum = Cusum()
        self._latch = Latch(1, 1, max(1, round(QUIET_S / frame_s)))
        self._loaded = False
        self._since: NDArray[np.int64] = np.zeros(len(calibration.joints), np.int64)
        #: Values over limits ``(J, W)``, now and the most of each alarm that is up.
        self.ratio: Array = np.zeros_like(calibration.limits)
        self._peak: Array = np.zeros_like(calibration.limits)
        self.alarms: NDArray[np.bool_] = np.zeros(calibration.limits.shape, bool)

    def reset(self) -> None:
        """Forget what was seen: after a gap."""
        self._cusum.reset()
        self._latch.reset()
        self._peak[:] = 0.0
        self.alarms = np.zeros_like(self.alarms)

    def update(self, trends: Array, stamp_ns: int) -> list[Verdict]:
        """Take the trends ``(J, C, S)`` of a frame; give what is wrong."""
        values = watched(trends)
        self.ratio = np.minimum(values / self._calibration.limits, _MOST_RATIO)
        before = self.alarms.any(axis=1)
        self.alarms = self._latch.update(self._cusum.update(self.ratio))
        self._peak = np.where(self.alarms, np.maximum(self._peak, self.ratio), 0.0)
        bad = self.alarms.any(axis=1)
        if not bad.any():
            self._loaded = False
            return []
        self._since = np.where(bad & ~before, stamp_ns, self._since)
        age_s = np.asarray((stamp_ns - self._since) * 1e-9, np.float64)
        signs = name_signs(self._calibration.joints, self.alarms, self._peak, age_s, self._loaded)
        self._loaded = any(sign.part == ARM and sign.fault == 'payload_change' for sign in signs)
        strongest = max(self._peak[sign.joint].max() for sign in signs)
        kept = [sign for sign in signs if self._peak[sign.joint].max() >= ECHO * strongest]
        return [self._verdict(sign, values) for sign in kept]

    def _verdict(self, sign: Sign, values: Array) -> Verdict:
        watch = WATCHES[sign.watch]
        return Verdict(
            sign.part,
            sign.fault or UNKNOWN,
            float('nan'),
            float('nan'),
            watch.channel,
            float(values[sign.joint, sign.watch]),
            float(self._calibration.limits[sign.joint, sign.watch]),
            watch.compared,
            int(self._since[sign.joint]),
            'residual',
        )
