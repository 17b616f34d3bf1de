"""What a diagnosis makes of whole runs, frame by frame as in a node: events, alarms, doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.calibration import Calibration
from factory_perception.faults.classifier import FaultClassifier, FaultModel
from factory_perception.faults.diagnosis import Diagnosis
from factory_perception.faults.scoring import Alarm, alarms_of, match, Outcome, TrueFault
from factory_perception.training.cell_frames import FrameRuns

#: A fault is shown by a run that holds this share of it: what grows for half a minute and begins
#: two seconds before the end has hardly begun.
_SHOWN = 0.5
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
    """Diagnose all runs of a set side by side; without a model by stream health and residuals."""
    diagnosis = _diagnosis(runs, calibration, trained)
    count, robots = len(runs.frames.position), len(runs)
    classes = len(trained[0].kinds) + 1 if trained is not None else 0
    ratio = np.zeros((count, robots, len(runs.joints)), np.float32)
    probabilities = np.zeros((*ratio.shape, classes), np.float32)
    books = [AlarmBook() for _ in range(robots)]
    changes: list[list[Change]] = [[] for _ in range(robots)]
    lengths = runs.lengths or (count,) * robots
    for index, frame in enumerate(runs.each()):
        stamp_ns = round((index + 1) * runs.frame_s * 1e9)
        diagnosis.update(frame, stamp_ns)
        ratio[index] = diagnosis.residual.ratio.max(axis=-1)
        if diagnosis.opinion is not None:
            probabilities[index] = diagnosis.opinion.probabilities
        wrong = diagnosis.wrong
        for run, book in enumerate(books):
            if index < lengths[run] and (wrong[run] or book.open):
                changes[run] += book.update(diagnosis.verdicts((run,)), stamp_ns)
    return tuple(
        _run_events(runs, run, changes[run], ratio[:length, run], probabilities[:length, run])
        for run, length in enumerate(lengths)
    )


def _diagnosis(runs: FrameRuns, calibration: Calibration, trained: Trained | None) -> Diagnosis:
    robots = (len(runs),)
    classifier = None if trained is None else FaultClassifier(*trained, robots)
    return Diagnosis(calibration, runs.frame_s, classifier, robots)


def _run_events(
    runs: FrameRuns,
    run: int,
    changes: Sequence[Change],
    ratio: NDArray[np.float32],
    probabilities: NDArray[np.float32],
) -> RunEvents:
    seconds = len(ratio) * runs.frame_s
    truths = [
        TrueFault(
            one.kind,
            one.joint,
            one.onset_s,
            min(one.end_s, seconds),
            seconds - one.onset_s >= _SHOWN * (one.end_s - one.onset_s),
        )
        for one in runs.faults[run]
        if one.onset_s < seconds - 1.0
    ]
    outcomes, false = match(truths, alarms_of(changes, seconds))
    return RunEvents(tuple(outcomes), tuple(false), seconds, ratio, probabilities)
