"""From joint states and temperatures to verdicts of a telemetry model, a row a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.latch import Latch
from factory_perception.faults.telemetry import (
    Array,
    CHANNELS,
    HISTORY,
    ROW_S,
    telemetry_rows,
)
from factory_perception.faults.telemetry_model import TelemetryClassifier
from factory_perception.faults.verdict import ARM, Verdict

#: The layer that these verdicts are from.
TELEMETRY = 'telemetry'
#: An alarm is over after so many good rows.
GOOD_ROWS = 2
_ROW_NS = round(ROW_S * 1e9)
#: A sample that comes so much too early is taken: streams of one a second are not exact.
_EARLY_NS = 50_000_000
#: After a gap this long, or a jump back, what was seen before is forgotten.
_GAP_NS = 5_000_000_000
_COMPARED = 'the recordings that the model learned from'


class TelemetryWatch:
    """Watches one robot; used by one thread."""

    def __init__(self, classifier: TelemetryClassifier) -> None:
        self._classifier = classifier
        model = classifier.model
        self.joints = model.joints
        self._parts = (ARM,) if model.view == 'arm' else model.joints
        self._channel = 'effort' if model.view == 'arm' else 'temperature'
        self._newest: Array = np.full((len(CHANNELS), len(model.joints)), np.nan)
        self._since: NDArray[np.int64] = np.zeros((len(self._parts), len(model.kinds)), np.int64)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen, but not the newest values."""
        self._history: Array | None = None
        self.verdicts: list[Verdict] = []
        self._latch = Latch(1, 1, GOOD_ROWS)
        self._up: NDArray[np.bool_] = np.zeros(self._since.shape, bool)
        self._last_ns = self._next_ns = 0
        self._classifier.reset()

    def set(self, joint: str, channel: str, value: float) -> None:
        """Take a value that comes on its own, such as a temperature; others' joints are ignored."""
        if joint in self.joints:
            self._newest[CHANNELS.index(channel), self.joints.index(joint)] = value

    def missing(self) -> tuple[str, ...]:
        """Name the channels that nothing has come for yet and that the model judges by."""
        needed = ('velocity', 'effort') if self._channel == 'effort' else ('temperature',)
        return tuple(name for name in needed if np.isnan(self._newest[CHANNELS.index(name)]).all())

    def add(self, stamp_ns: int, sample: Array) -> bool:
        """Take position, velocity and effort ``(3, J)``; give whether ``verdicts`` are new.

        Raises:
            EngineError: the runtime failed.
        """
        self._newest[:3] = np.where(np.isfinite(sample), sample, self._newest[:3])
        if not 0 <= stamp_ns - self._last_ns <= _GAP_NS:
            self.reset()
            self._next_ns = stamp_ns
        self._last_ns = stamp_ns
        if stamp_ns < self._next_ns - _EARLY_NS:
            return False
        late = stamp_ns - self._next_ns > _ROW_NS // 2
        self._next_ns = _ROW_NS + (stamp_ns if late else self._next_ns)
        self.verdicts = self._judge(np.nan_to_num(self._newest), stamp_ns)
        return True

    def _judge(self, values: Array, stamp_ns: int) -> list[Verdict]:
        if self._history is None:
            self._history = np.repeat(values[..., None], HISTORY, axis=-1)
        self._history = np.concatenate([self._history[..., 1:], values[..., None]], axis=-1)
        model = self._classifier.model
        found = self._classifier.update(telemetry_rows(self._history, model.view))
        up = self._latch.update(found > model.limits)
        self._since = np.where(up & ~self._up, stamp_ns, self._since)
        self._up = up.copy()
        ratio = found / model.limits
        pairs = sorted(np.argwhere(up).tolist(), key=lambda pair: -ratio[tuple(pair)])
        return [self._verdict(found, part, kind) for part, kind in pairs]

    def _verdict(self, found: Array, part: int, kind: int) -> Verdict:
        model = self._classifier.model
        probability = float(found[part, kind])
        return Verdict(
            self._parts[part],
            model.kinds[kind],
            probability,
            float('nan'),
            self._channel,
            probability,
            float(model.limits[kind]),
            _COMPARED,
            int(self._since[part, kind]),
            TELEMETRY,
        )
