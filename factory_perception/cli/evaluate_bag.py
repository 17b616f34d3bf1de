"""``factory_perception evaluate --bag``: what a recording says, held against the truth in it.

Without a model the recorded detections, forecasts and alarms are measured; with one, what that
model makes of the recorded pictures or joint states. PyTorch is not needed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from factory_perception.bridge.bag_contents import (
    BagContents,
    read_contents,
    read_pictures,
    told_of,
)
from factory_perception.bridge.bag_topics import BagTopics, find_topics
from factory_perception.bridge.bags import bag_topics, BagError
from factory_perception.cli.errors import CommandError
from factory_perception.engines.selection import open_engine
from factory_perception.faults.calibration import CalibrationError
from factory_perception.faults.classifier import FaultClassifier, read_fault_model
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.faults.rerun import rerun_diagnoser
from factory_perception.faults.scoring import Alarm
from factory_perception.model_store.folder import ModelFolder
from factory_perception.motion.forecast_spec import read_spec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.hindsight import hindsight
from factory_perception.motion.rerun import rerun_forecaster
from factory_perception.training.detection_figures import detection_figures
from factory_perception.vision.detections import Detections
from factory_perception.vision.detector import Detector
from factory_perception.vision.image_view import ImageError

#: The curve needs the unsure detections too.
CURVE_SCORE = 0.01


def evaluate_bag(
    path: Path,
    model: ModelFolder | None,
    backend: str = 'auto',
    precision: str = 'auto',
    joint_states: str = '',
) -> dict[str, Any]:
    """Give the figures of a recording, ready for JSON.

    Args:
        path: folder or file of a bag (MCAP or sqlite3).
        model: what to run on the recorded pictures or joints; ``None`` measures what was recorded.
        backend: of the model.
        precision: of the model.
        joint_states: topic of the robot, where several were recorded.

    Raises:
        CommandError: the bag cannot be read, or holds nothing to measure.
        ModelError, EngineError: the model cannot be used.
    """
    try:
        topics = find_topics(bag_topics(path), joint_states)
        contents = read_contents(path, topics)
        if model is None:
            return _recorded(path, contents)
        return _rerun(path, contents, topics, model, backend, precision)
    except (BagError, CalibrationError, ImageError, ValueError) as error:
        raise CommandError(str(error)) from error


def _recorded(path: Path, contents: BagContents) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    if contents.truths:
        figures |= {topic: _answers(contents, topic) for topic in contents.answers}
    if contents.joints:
        for topic, forecasts in contents.forecasts.items():
            figures[topic] = hindsight(told_of(forecasts), contents.joints)
    if contents.faults.first_s:
        figures['faults'] = _faults(contents, contents.faults.alarms)
    if not figures:
        raise BagError(
            f'{path} holds nothing to measure: it needs detections and gt/detections, forecasts '
            'and joint_states, or gt/faults; or give --model'
        )
    return figures


def _answers(contents: BagContents, topic: str) -> dict[str, Any]:
    """Measure what a detector published; pictures it never answered count as nothing found."""
    answers, classes = contents.answers[topic], contents.known_classes
    begin = min(stamp for _, stamp in answers)
    keys = sorted(key for key in contents.truths if key[1] >= begin)
    truths = [contents.boxes(contents.truths, key) for key in keys]
    found = [contents.boxes(answers, key) if key in answers else Detections.empty() for key in keys]
    delays_ms = np.percentile(contents.delays_ns[topic], (50, 95, 99)) * 1e-6
    return {
        'unanswered': sum(key not in answers for key in keys),
        'recorded_after_ms': dict(zip(('p50', 'p95', 'p99'), delays_ms.round(1).tolist())),
        **detection_figures(truths, found, classes, contents.threshold),
    }


def _faults(contents: BagContents, alarms: list[Alarm]) -> dict[str, Any]:
    record = contents.faults
    return record.figures(alarms, record.last_s, record.last_s - record.first_s)


def _rerun(
    path: Path, contents: BagContents, topics: BagTopics, model: ModelFolder, backend: str,
    precision: str,
) -> dict[str, Any]:  # fmt: skip
    task = model.manifest.task
    if task == 'detect':
        return {'detections': _detect(path, contents, topics, model, backend, precision)}
    if task not in ('forecast', 'fault'):
        raise CommandError(f'--bag is for detect, forecast and fault models, not for {task}')
    if not contents.joints:
        raise BagError(f'{path} has no topic called joint_states: name one with --joint-states')
    if task == 'forecast':
        with open_engine(model, backend, precision) as engine:
            forecaster = Forecaster(read_spec(model.manifest), engine)
            told = rerun_forecaster(forecaster, contents.joints)
        return {'forecast': hindsight(told, contents.joints)}
    if not contents.faults.first_s:
        raise BagError(f'{path} has no gt/faults to hold alarms against')
    with open_engine(model, backend, precision) as engine:
        classifier = FaultClassifier(read_fault_model(model), engine)
        joints = classifier.model.calibration.joints
        diagnoser = Diagnoser(joints, DiagnoserSettings(), None, classifier)
        alarms = rerun_diagnoser(diagnoser, contents.joints)
    return {'faults': {**_faults(contents, alarms), 'trouble': diagnoser.trouble}}


def _detect(
    path: Path, contents: BagContents, topics: BagTopics, model: ModelFolder, backend: str,
    precision: str,
) -> dict[str, Any]:  # fmt: skip
    contents.classes = tuple(model.manifest.classes)
    truths, found = [], []
    with open_engine(model, backend, precision) as engine:
        detector = Detector(model, engine)
        threshold = detector.limits.score
        if detector.needs_template:
            raise CommandError(f'{model.label} compares with templates, which no bag holds')
        detector.limits = replace(detector.limits, score=CURVE_SCORE, max_detections=100)
        for key, picture in read_pictures(path, topics, contents.truths):
            results, _ = detector.detect([picture])
            truths.append(contents.boxes(contents.truths, key))
            found.append(results[0])
    if not found:
        raise BagError(f'{path} holds no picture whose truth (gt/detections) is in it')
    return detection_figures(truths, found, contents.classes, threshold)
