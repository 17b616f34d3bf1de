"""Gather the evidence for a report: run the network and the rival, count, check."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
import platform
from typing import Any

import torch

from factory_perception.training.answers import Answers
from factory_perception.training.baselines import BASELINES
from factory_perception.training.candidate import Candidate
from factory_perception.training.data import PICTURE_TASKS, TrainingData
from factory_perception.training.datasets.audit import audit
from factory_perception.training.datasets.problems import Problem
from factory_perception.training.datasets.series import SERIES_TASKS
from factory_perception.training.forecast_answers import forecast_answers
from factory_perception.training.learning_curve import read_curve
from factory_perception.training.order import Order
from factory_perception.training.promotion import Decision
from factory_perception.training.report.data_facts import picture_facts
from factory_perception.training.report.evidence import (
    Evidence,
    ForecastEvidence,
    PictureEvidence,
)
from factory_perception.training.report.feature_vectors import collect_features
from factory_perception.training.report.looking import looking_pictures
from factory_perception.training.report.series_facts import (
    fault_facts,
    forecast_facts,
    telemetry_facts,
)
from factory_perception.training.report.text import counted
from factory_perception.training.trial import trial

#: The check reads everything; larger sets are checked by hand.
MOST_CHECKED = 20_000
_PACKAGES = ('torch', 'torchvision', 'numpy', 'opencv-python-headless', 'onnx', 'onnxruntime')
_FACTS: dict[str, Any] = {
    'forecast': forecast_facts,
    'fault': fault_facts,
    'telemetry': telemetry_facts,
}


def gather(order: Order, candidate: Candidate, answers: Answers, decision: Decision) -> Evidence:
    """Gather what is not known yet about a candidate.

    Args:
        order: what was asked for.
        candidate: the trained network with its figures.
        answers: of the candidate to the validation set.
        decision: about promotion.
    """
    task = order.recipe.task
    problems, unchecked = _check(order.data)
    facts: Any = _FACTS.get(task, picture_facts)
    common: dict[str, Any] = {
        'manifest': candidate.manifest,
        'answers': answers,
        'rows': order.run.metrics(),
        'learning': read_curve(order.run.path) if order.learning_curve else (),
        'measured': candidate.measured,
        'verdicts': candidate.verdicts,
        'sizes': candidate.sizes,
        'decision': decision,
        'train_facts': facts(order.data),
        'validation_facts': facts(order.validation),
        'problems': problems,
        'unchecked': unchecked,
        'versions': versions(),
    }
    if task in PICTURE_TASKS:
        return PictureEvidence(**common, **_seen(order, candidate))
    if task == 'forecast':
        with trial(candidate.manifest, candidate.files) as folder:
            own = forecast_answers(folder, order.data, 'onnxruntime', 'fp32')
        return ForecastEvidence(**common, own=own)
    return Evidence(**common)


def _seen(order: Order, candidate: Candidate) -> dict[str, Any]:
    """Look into the network, and ask the rule that learns nothing."""
    network, data, held = candidate.network, order.data, order.validation
    trunk, model = order.recipe.trunk(network), order.settings.model
    rule = BASELINES.get(order.recipe.task)
    return {
        'validation': held,
        'baseline': None if rule is None else rule(held),
        'train_features': collect_features(trunk, data, model),
        'validation_features': collect_features(trunk, held, model),
        'looking': looking_pictures(network, trunk, held, model),
    }


def _check(data: TrainingData) -> tuple[Sequence[Problem] | None, str]:
    """Check a data set that lies in a folder; where it is not done, say why."""
    root: Path | None = getattr(data, 'root', None)
    if root is None:
        noun = 'recordings' if data.task in SERIES_TASKS else 'pictures'
        return None, f'the {noun} do not lie in a folder'
    if len(data) > MOST_CHECKED:
        return None, f'more than {MOST_CHECKED} of them; factory_perception dataset check does it'
    return audit(root, data.task).problems, ''


def versions() -> dict[str, str]:
    """Give the versions of everything that computes."""
    found = {'python': platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = 'not installed under this name'
    found['machine'] = f'{platform.machine()}, {counted(torch.get_num_threads(), "thread")}'
    if torch.cuda.is_available():
        found['GPU'] = torch.cuda.get_device_name()
    return found
