"""Sets in which a whole recording has one fault or none: which fault, at which joint?"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.engines.engine import Engine
from factory_perception.faults.classifier import FaultClassifier, FaultModel
from factory_perception.faults.frame import Array, Frame
from factory_perception.faults.observer import Observer
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.statistics import bootstrap

#: The first seconds are not asked: a fault shows when the robot has moved.
SETTLE_S = 2.0
NORMAL = 'normal'
#: A recording is faulty if its likeliest fault is surer than this, in the mean over time.
SURE = 0.5


def is_one_fault_a_run(runs: FrameRuns) -> bool:
    """Say whether every run has at most one fault, and has it nearly all the time."""
    lengths = runs.lengths or (len(runs.frames.position),) * len(runs)
    return all(
        len(faults) <= 1
        and all(one.end_s - one.onset_s > 0.8 * length * runs.frame_s for one in faults)
        for faults, length in zip(runs.faults, lengths)
    )


def run_opinion(runs: FrameRuns, run: int, model: FaultModel, engine: Engine) -> Array:
    """Give the mean probability ``(J, K)`` of each fault over one run."""
    classifier = FaultClassifier(model, engine)
    observer = Observer(model.calibration, runs.frame_s)
    length = runs.lengths[run] if runs.lengths else len(runs.frames.position)
    names = [item.name for item in fields(Frame)]
    total: Array = np.zeros((len(runs.joints), len(model.kinds) + 1))
    count = 0
    for index in range(length):
        frame = Frame(*(getattr(runs.frames, name)[index, run] for name in names))
        found = classifier.update(observer.update(frame)).probabilities
        if index * runs.frame_s >= SETTLE_S:
            total, count = total + found, count + 1
    return total[:, 1:] / max(count, 1)


def run_class(mean: Array, runs: FrameRuns, model: FaultModel) -> str:
    """Give ``kind joint`` of a run by the opinion on it, or ``normal``."""
    joint, kind = np.unravel_index(int(mean.argmax()), mean.shape)
    if mean[joint, kind] < SURE:
        return NORMAL
    name = model.kinds[int(kind)]
    return name if name in model.whole else f'{name} {runs.joints[int(joint)]}'


def run_truths(runs: FrameRuns) -> list[str]:
    """Give what each run really has, in the same words."""
    return [f'{one[0].kind} {one[0].joint}'.strip() if one else NORMAL for one in runs.faults]


def class_figures(truth: NDArray[np.str_], found: NDArray[np.str_]) -> dict[str, Any]:
    """Give accuracy and macro-F1 over runs, with intervals, and what was taken for what.

    Args:
        truth: what runs have, ``(R,)``.
        found: what was said about them, ``(R,)``.
    """
    classes = sorted(set(truth))
    f1 = bootstrap(lambda w: macro_f1(truth, found, classes, w), len(truth))
    right = bootstrap(lambda w: float(np.average(truth == found, weights=w)), len(truth))
    faulty = truth != NORMAL
    table = {name: dict(Counter(found[truth == name].tolist())) for name in classes}
    return {
        'recordings': len(truth),
        'classes': len(classes),
        'macro_f1': f1.value,
        'macro_f1_low': f1.low,
        'macro_f1_high': f1.high,
        'accuracy': right.value,
        'accuracy_low': right.low,
        'accuracy_high': right.high,
        'event_recall': float((found[faulty] != NORMAL).mean()) if faulty.any() else 1.0,
        'false_alarms_per_recording': float((found[~faulty] != NORMAL).mean())
        if (~faulty).any()
        else None,
        'confusion': table,
        'per_class': {},
    }


def macro_f1(truth: Any, found: Any, classes: list[str], weights: Any) -> float:
    """Give the mean F1 of the classes that are there, rows weighted."""
    values = []
    for name in classes:
        hits = weights[(truth == name) & (found == name)].sum()
        either = weights[truth == name].sum() + weights[found == name].sum()
        if weights[truth == name].sum() > 0:
            values.append(2 * hits / either)
    return float(np.mean(values))
