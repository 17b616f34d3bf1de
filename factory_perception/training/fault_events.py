"""What a diagnosis makes of whole runs, frame by frame as in a node: events, alarms, doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import FaultClassifier, FaultModel
from factory_perception.faults.decision import Decision, Opinion
from factory_perception.faults.diagnoser import merged
from factory_perception.faults.frame import Frame
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.scoring import Alarm, alarms_of, match, Outcome, TrueFault
from factory_perception.faults.stream_layer import StreamLayer
from factory_perception.faults.trends import Trends
from factory_perception.training.cell_frames import FrameRuns

#: A model and the engine of its network.
Trained = tuple[FaultModel, Engine]


@dataclass(frozen=True)
class RunEvents:
    """One run: what was wrong, what was said.

    Attributes:
        outcomes: what became of each true fault.
        false: the alarms for which there was no reason.
        seconds: how long the run is.
        ratio: float32 ``(N, J)``, the largest residual of each frame and joint over its limit.
        probabilities: float32 ``(N, J, K + 1)``, the first is normal; K + 1 is 0 without a model.
    """

    outcomes: tuple[Outcome, ...]
    false: tuple[Alarm, ...]
    seconds: float
    ratio: NDArray[np.float32]
    probabilities: NDArray[np.float32]


def set_events(
    runs: FrameRuns, calibration: Calibration, trained: Trained | None
) -> tuple[RunEvents, ...]:
    """Diagnose every run of a set; without a model by stream health and residuals alone."""
    return tuple(_run_events(runs, run, calibration, trained) for run in range(len(runs)))


def _run_events(
    runs: FrameRuns, run: int, calibration: Calibration, trained: Trained | None
) -> RunEvents:
    alarms, ratio, probabilities = _diagnose(runs, run, calibration, trained)
    seconds = len(ratio) * runs.frame_s
    truths = [
        TrueFault(one.kind, one.joint, one.onset_s, min(one.end_s, seconds))
        for one in runs.faults[run]
        if one.onset_s < seconds - 1.0
    ]
    outcomes, false = match(truths, alarms)
    return RunEvents(tuple(outcomes), tuple(false), seconds, ratio, probabilities)


def _diagnose(
    runs: FrameRuns, run: int, calibration: Calibration, trained: Trained | None
) -> tuple[Sequence[Alarm], NDArray[np.float32], NDArray[np.float32]]:
    frame_s = runs.frame_s
    count = runs.lengths[run] if runs.lengths else len(runs.frames.position)
    stream, residual = StreamLayer(runs.joints, frame_s), ResidualLayer(calibration, frame_s)
    classifier = decision = None
    if trained is not None:
        classifier = FaultClassifier(*trained)
        decision = Decision(trained[0], residual, frame_s)
    trends, book, changes = Trends(frame_s), AlarmBook(), list[Change]()
    classes = len(trained[0].kinds) + 1 if trained is not None else 0
    ratio = np.zeros((count, len(runs.joints)), np.float32)
    probabilities = np.zeros((*ratio.shape, classes), np.float32)
    names = [item.name for item in fields(Frame)]
    for index in range(count):
        frame = Frame(*(getattr(runs.frames, name)[index, run] for name in names))
        stamp_ns = round((index + 1) * frame_s * 1e9)
        marks = calibration.model.marks(frame)
        means = trends.update(marks)
        found = residual.update(means, stamp_ns)
        ratio[index] = residual.ratio.max(axis=1)
        if classifier is not None and decision is not None:
            opinion = Opinion(*classifier.update(frame, marks, means))
            probabilities[index] = opinion.probabilities
            found = decision.update(opinion, found, stamp_ns)
        changes += book.update(merged(stream.update(frame, stamp_ns), found), stamp_ns)
    return alarms_of(changes, count * frame_s), ratio, probabilities
