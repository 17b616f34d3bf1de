"""What is seen of a robot in a frame: marks, their trends, and what has changed."""

from __future__ import annotations

from dataclasses import dataclass

from factory_perception.faults.calibration import Calibration
from factory_perception.faults.changes import changes
from factory_perception.faults.following import Following
from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.trends import Trends
from factory_perception.faults.usual import Usual


@dataclass(frozen=True)
class Observation:
    """One frame ``(..., J)`` and what it says.

    ``marks`` ``(..., J, C)``, ``trends`` ``(..., J, C, S)``. ``behaviour`` ``(..., J, D)``: where
    it is known what a mass at the tool does, what has changed; elsewhere how joints follow their
    reference.
    """

    frame: Frame
    marks: Array
    trends: Array
    behaviour: Array


class Observer:
    """Turns frames into observations: of one robot, or of many at once."""

    def __init__(self, calibration: Calibration, frame_s: float) -> None:
        self._model = calibration.model
        self._trends, self._usual = Trends(frame_s), Usual(frame_s)
        self._following = Following(frame_s)

    def reset(self) -> None:
        """Forget the last seconds: after a gap. What is usual stays."""
        self._trends.reset()
        self._following.reset()

    def update(self, frame: Frame) -> Observation:
        """Take the next frame."""
        marks = self._model.marks(frame)
        trends = self._trends.update(marks)
        if self._model.load is None:
            return Observation(frame, marks, trends, self._following.update(frame))
        usual = self._usual.update(marks)
        return Observation(frame, marks, trends, changes(self._model.names, trends, usual))
