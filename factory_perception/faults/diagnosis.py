"""The layers of the diagnosis put together: frames in, verdicts out.

A node watches one robot; training and measuring watch many beside each other, by the same code.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import FaultClassifier, Opinion
from factory_perception.faults.decision import Decision
from factory_perception.faults.frame import Frame
from factory_perception.faults.observer import Observer
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.stream_layer import StreamLayer
from factory_perception.faults.verdict import Verdict


class Diagnosis:
    """Stream health, residuals, and a trained model where there is one."""

    def __init__(
        self,
        calibration: Calibration,
        frame_s: float,
        classifier: FaultClassifier | None = None,
        robots: tuple[int, ...] = (),
    ) -> None:
        """Prepare for frames that are ``frame_s`` apart, of one robot or of ``robots``.

        A classifier must have been made for as many.
        """
        self._observer = Observer(calibration, frame_s)
        self.stream = StreamLayer(calibration.joints, frame_s, robots)
        self.residual = ResidualLayer(calibration, frame_s, robots)
        self._classifier, self._decision = classifier, None
        if classifier is not None:
            self._decision = Decision(classifier.model, self.residual, frame_s, robots)
        self._stamp_ns = 0
        #: What the model thinks of the last frame; None without one.
        self.opinion: Opinion | None = None

    def reset(self) -> None:
        """Forget the last seconds: after a gap."""
        self._observer.reset()
        self.stream.reset()
        self.residual.reset()
        if self._classifier is not None and self._decision is not None:
            self._classifier.reset()
            self._decision.reset()

    def update(self, frame: Frame, stamp_ns: int) -> None:
        """Take the next frame; ``stamp_ns`` is its end."""
        self._stamp_ns = stamp_ns
        seen = self._observer.update(frame)
        self.stream.update(frame, stamp_ns)
        self.residual.update(seen.trends, stamp_ns)
        if self._classifier is not None and self._decision is not None:
            self.opinion = self._classifier.update(seen)
            self._decision.update(self.opinion, stamp_ns)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Say of which robots there is something to say; ``()`` for one."""
        found = self.stream.alarms.any(axis=(-2, -1)) | self.residual.alarms.any(axis=(-2, -1))
        if self._decision is not None:
            found = found | self._decision.up.any(axis=-1)
        return np.asarray(found)

    def verdicts(self, robot: tuple[int, ...] = ()) -> list[Verdict]:
        """Say what is wrong with one robot now."""
        found = self.residual.verdicts(self._stamp_ns, robot)
        if self._decision is not None:
            found = self._decision.verdicts(found, self._stamp_ns, robot)
        return merged(self.stream.verdicts(robot), found)


def merged(first: list[Verdict], second: list[Verdict]) -> list[Verdict]:
    """Join verdicts; of two on the same part and fault the first stays."""
    there = {(one.part, one.fault) for one in first}
    return first + [one for one in second if (one.part, one.fault) not in there]
