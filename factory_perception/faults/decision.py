"""From probabilities of every joint and frame to verdicts that stand still."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.classifier import FaultModel
from factory_perception.faults.frame import Array
from factory_perception.faults.latch import Latch
from factory_perception.faults.names import UNKNOWN
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.verdict import ARM, Verdict
from factory_perception.faults.watches import WATCHES

#: An alarm needs so many bad frames of the last so many, and ends after so long without one.
NEED, OF, QUIET_S = 2, 3, 1.5
#: Names go by the mean of this time.
_NAME_S = 0.3
#: Below this p-value a fault is unlike all that were learned: stranger than each that was kept.
STRANGE_P = 0.006
#: A residual that the model has no name for is unknown after this time.
_UNNAMED_S = 0.4
#: A joint below this share of the surest one only feels another joint's fault.
_ECHO = 0.6


@dataclass(frozen=True)
class Opinion:
    """What the model thinks of one frame: see ``FaultClassifier.update``."""

    probabilities: Array
    p_values: Array


class Decision:
    """Decides for one robot; one call a frame."""

    def __init__(self, model: FaultModel, residual: ResidualLayer, frame_s: float) -> None:
        self._model, self._residual = model, residual
        self._joints = model.calibration.joints
        self._threshold = model.thresholds.get('fault', 0.6)
        self._whole = np.array([kind in model.whole for kind in model.kinds])
        self._share = 1.0 - np.exp(-frame_s / _NAME_S)
        self._latch = Latch(NEED, OF, max(OF, round(QUIET_S / frame_s)))
        self._unnamed_ns = round(_UNNAMED_S * 1e9)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._latch.reset()
        self._mean: Array | None = None
        self._p_values: Array = np.ones(len(self._joints))
        self._since: NDArray[np.int64] = np.zeros(len(self._joints) + 1, np.int64)
        self._up: NDArray[np.bool_] = np.zeros(len(self._joints) + 1, bool)

    def update(self, opinion: Opinion, residual: list[Verdict], stamp_ns: int) -> list[Verdict]:
        """Take the opinion on a frame and what the residuals say; give what is wrong."""
        # The last row is the whole arm: a fault of it shows on most joints, not on all.
        own = opinion.probabilities[:, 1:] * ~self._whole
        arm = np.median(opinion.probabilities[:, 1:], axis=0) * self._whole
        now = np.vstack([own, arm])
        if self._mean is None:
            self._mean = np.zeros_like(now)
        self._mean += self._share * (now - self._mean)
        self._p_values = self._p_values + self._share * (opinion.p_values - self._p_values)
        up = self._latch.update(now.sum(axis=1) > self._threshold)
        self._since = np.where(up & ~self._up, stamp_ns, self._since)
        self._up = up
        if not up.any():
            return self._unnamed(residual, stamp_ns)
        sure = np.where(up, self._mean.max(axis=1), 0.0)
        rows = np.flatnonzero(sure >= _ECHO * sure.max())
        return [self._verdict(int(row)) for row in rows[np.argsort(-sure[rows])]]

    def _verdict(self, row: int) -> Verdict:
        assert self._mean is not None
        kind = int(self._mean[row].argmax())
        joint = row if row < len(self._joints) else int(self._residual.ratio.max(axis=1).argmax())
        p_value = float(self._p_values[joint])
        fault = self._model.kinds[kind] if p_value > STRANGE_P else UNKNOWN
        watch = int(self._residual.ratio[joint].argmax())
        ratio = float(self._residual.ratio[joint, watch])
        return Verdict(
            self._joints[row] if row < len(self._joints) else ARM,
            fault,
            float(self._mean[row, kind]),
            p_value,
            WATCHES[watch].channel,
            ratio,
            1.0,
            WATCHES[watch].compared,
            int(self._since[row]),
            'model',
        )

    def _unnamed(self, residual: list[Verdict], stamp_ns: int) -> list[Verdict]:
        """Call unknown what residuals show and the model does not know."""
        return [
            replace(one, fault=UNKNOWN, source='model')
            for one in residual
            if stamp_ns - one.onset_ns >= self._unnamed_ns
        ]
