"""Everything that a report is made of, gathered after a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from factory_perception.training.answers import Answers
from factory_perception.training.data import PictureData
from factory_perception.training.datasets.problems import Problem
from factory_perception.training.forecast_answers import ForecastAnswers
from factory_perception.training.gate import Verdict
from factory_perception.training.promotion import Decision
from factory_perception.training.report.data_facts import DataFacts
from factory_perception.training.report.features import Features
from factory_perception.training.report.picture import Picture
from factory_perception.training.statistics import bootstrap_all, Interval


@dataclass(frozen=True)
class Evidence:
    """What is known about a candidate of any task.

    Attributes:
        manifest: of the candidate, without its version.
        answers: to the validation set, in fp32, through the shipped path.
        rows: what the run logged.
        learning: score over share of the training data, where it was measured.
        measured: figures of each precision that could be measured, kept or not.
        verdicts: of the gate.
        sizes: of the ONNX files in bytes, by precision.
        decision: about promotion.
        train_facts: what was learnt from.
        validation_facts: what was measured on.
        problems: what the check of the data found; ``None`` where it was not made.
        unchecked: why it was not made.
        versions: of what computed.
    """

    manifest: Mapping[str, Any]
    answers: Answers
    rows: Sequence[Mapping[str, Any]]
    learning: Sequence[tuple[float, float]]
    measured: Mapping[str, Mapping[str, Any]]
    verdicts: Sequence[Verdict]
    sizes: Mapping[str, int]
    decision: Decision
    train_facts: DataFacts
    validation_facts: DataFacts
    problems: Sequence[Problem] | None
    unchecked: str
    versions: Mapping[str, str]

    @property
    def metric(self) -> str:
        """Name the figure that decides."""
        return self.answers.names[0]

    @property
    def settings(self) -> Mapping[str, Any]:
        """Give the settings of the run."""
        found: Mapping[str, Any] = self.manifest['provenance']['settings']
        return found

    @property
    def min_delta(self) -> float:
        """Give what the loop counted as better."""
        return float(self.settings['fit']['min_delta'])

    def intervals(self) -> tuple[dict[str, Interval], dict[str, Interval]]:
        """Give the figures of the set, and the one that decides by class, with intervals."""
        found = bootstrap_all(self.answers.measure, self.answers.units)
        count = len(self.answers.names)
        return (
            dict(zip(self.answers.names, found)),
            dict(zip(self.answers.classes, found[count:])),
        )


@dataclass(frozen=True)
class PictureEvidence(Evidence):
    """What is known about a model of pictures.

    Attributes:
        validation: the pictures of ``answers``.
        baseline: figures of the rival without learning; ``None`` where there is none.
        train_features: how the network sees training examples.
        validation_features: how it sees validation examples.
        looking: where it looked.
    """

    validation: PictureData
    baseline: Mapping[str, Any] | None
    train_features: Features | None
    validation_features: Features | None
    looking: Sequence[Picture]


@dataclass(frozen=True)
class ForecastEvidence(Evidence):
    """What is known about a forecaster; ``own`` are its answers to recordings it learnt from."""

    own: ForecastAnswers


def span(interval: Interval) -> str:
    """Say an interval in a sentence."""
    if np.isnan(interval.low):
        return f'{interval.value:.3f}'
    return f'{interval.value:.3f} (95 % interval {interval.low:.3f} to {interval.high:.3f})'
