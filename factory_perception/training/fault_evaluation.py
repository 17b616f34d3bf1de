"""Measure a fault model on whole runs, the way a node runs it: by events."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from factory_perception.engines.engine import Engine
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import FaultClassifier, FaultModel
from factory_perception.faults.decision import Decision, Opinion
from factory_perception.faults.diagnoser import merged
from factory_perception.faults.frame import Frame
from factory_perception.faults.residual_layer import ResidualLayer
from factory_perception.faults.scoring import (
    Alarm,
    alarms_of,
    match,
    Outcome,
    summarise,
    TrueFault,
)
from factory_perception.faults.stream_layer import StreamLayer
from factory_perception.faults.trends import Trends
from factory_perception.training.cell_frames import FrameRuns

#: Faults of the cell that are there at once.
STEP_KINDS = ('collision', 'payload_change', 'grip_loss', 'protective_stop', 'sensor_stuck',
              'sensor_dropout')  # fmt: skip


#: A model and the engine of its network.
Trained = tuple[FaultModel, Engine]


def run_alarms(
    runs: FrameRuns, run: int, calibration: Calibration, trained: Trained | None
) -> list[Alarm]:
    """Diagnose one run; without a model by stream health and residuals alone."""
    frame_s = runs.frame_s
    stream, residual = StreamLayer(runs.joints, frame_s), ResidualLayer(calibration, frame_s)
    classifier = decision = None
    if trained is not None:
        classifier = FaultClassifier(*trained)
        decision = Decision(trained[0], residual, frame_s)
    trends, book, changes = Trends(frame_s), AlarmBook(), list[Change]()
    names = [item.name for item in fields(Frame)]
    for index in range(len(runs.frames.position)):
        frame = Frame(*(getattr(runs.frames, name)[index, run] for name in names))
        stamp_ns = round((index + 1) * frame_s * 1e9)
        marks = calibration.model.marks(frame)
        means = trends.update(marks)
        found = residual.update(means, stamp_ns)
        if classifier is not None and decision is not None:
            opinion = Opinion(*classifier.update(frame, marks, means))
            found = decision.update(opinion, found, stamp_ns)
        changes += book.update(merged(stream.update(frame, stamp_ns), found), stamp_ns)
    return alarms_of(changes, len(runs.frames.position) * frame_s)


def event_figures(
    faulty: FrameRuns,
    healthy: FrameRuns,
    calibration: Calibration,
    trained: Trained | None = None,
) -> dict[str, Any]:
    """Give the figures of runs with faults and of healthy runs.

    False alarms are counted on both: on healthy runs, and between the faults of the others.
    """
    outcomes: list[Outcome] = []
    false = quiet = 0
    for run, faults in enumerate(faulty.faults):
        end_s = len(faulty.frames.position) * faulty.frame_s
        truths = [
            TrueFault(one.kind, one.joint, one.onset_s, min(one.end_s, end_s))
            for one in faults
            if one.onset_s < end_s - 1.0
        ]
        found, wrong = match(truths, run_alarms(faulty, run, calibration, trained))
        outcomes += found
        false += len(wrong)
    for run in range(len(healthy)):
        quiet += len(run_alarms(healthy, run, calibration, trained))
    hours = [_hours(runs) for runs in (faulty, healthy)]
    return {
        **summarise(outcomes, false + quiet, sum(hours), STEP_KINDS),
        'healthy': {'false_alarms': quiet, 'hours': hours[1]},
    }


def _hours(runs: FrameRuns) -> float:
    return len(runs) * len(runs.frames.position) * runs.frame_s / 3600.0
