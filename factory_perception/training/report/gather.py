"""Gather the evidence for a report: run the network and the rival, count, check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
import platform
from typing import Any

import torch
from torch import nn

from factory_perception.training.answers import Answers
from factory_perception.training.baselines import BASELINES
from factory_perception.training.data import PictureData
from factory_perception.training.datasets.audit import audit
from factory_perception.training.datasets.picture_set import PictureSet
from factory_perception.training.datasets.problems import Problem
from factory_perception.training.gate import Verdict
from factory_perception.training.promotion import Decision
from factory_perception.training.report.data_facts import data_facts
from factory_perception.training.report.evidence import Evidence
from factory_perception.training.report.feature_vectors import collect_features
from factory_perception.training.report.looking import looking_pictures
from factory_perception.training.settings import ModelSettings

#: The check reads every picture; larger sets are checked by hand.
MOST_CHECKED = 20_000
_PACKAGES = ('torch', 'torchvision', 'numpy', 'opencv-python-headless', 'onnx', 'onnxruntime')


def gather(
    network: nn.Module,
    trunk: nn.Module,
    data: PictureData,
    validation: PictureData,
    model: ModelSettings,
    *,
    manifest: Mapping[str, Any],
    answers: Answers,
    rows: Sequence[Mapping[str, Any]],
    measured: Mapping[str, Mapping[str, Any]],
    verdicts: Sequence[Verdict],
    sizes: Mapping[str, int],
    decision: Decision,
) -> Evidence:
    """Gather what is not known yet about a candidate.

    Args:
        network: the trained network on the CPU.
        trunk: the part of it that sees.
        data: what it was trained on.
        validation: what it was measured on.
        model: how pictures are written for it.
        manifest: see ``Evidence``, as all that follow.
        answers: of the candidate to ``validation``.
        rows: what the run logged.
        measured: figures by precision.
        verdicts: of the gate.
        sizes: of the files.
        decision: about promotion.
    """
    problems, unchecked = _check(data)
    baseline = BASELINES.get(validation.task)
    return Evidence(
        manifest=manifest,
        answers=answers,
        validation=validation,
        rows=rows,
        measured=measured,
        verdicts=verdicts,
        sizes=sizes,
        decision=decision,
        baseline=None if baseline is None else baseline(validation),
        train_facts=data_facts(data),
        validation_facts=data_facts(validation),
        problems=problems,
        unchecked=unchecked,
        train_features=collect_features(trunk, data, model),
        validation_features=collect_features(trunk, validation, model),
        looking=looking_pictures(network, trunk, validation, model),
        versions=versions(),
    )


def _check(data: PictureData) -> tuple[Sequence[Problem] | None, str]:
    """Check a data set that lies in a folder; where it is not done, say why."""
    if not isinstance(data, PictureSet):
        return None, 'the pictures do not lie in a folder'
    if len(data) > MOST_CHECKED:
        return None, f'more than {MOST_CHECKED} pictures; factory_perception dataset check does it'
    return audit(data.root, data.task).problems, ''


def versions() -> dict[str, str]:
    """Give the versions of everything that computes."""
    found = {'python': platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = 'not installed under this name'
    found['machine'] = f'{platform.machine()}, {torch.get_num_threads()} threads'
    if torch.cuda.is_available():
        found['GPU'] = torch.cuda.get_device_name()
    return found
