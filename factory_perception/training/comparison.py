"""Two models on the same pictures or recordings: which is better, or that they cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import math
from typing import Any

import numpy as np

from factory_perception.model_store.manifest import ModelError
from factory_perception.training.answers import Answers
from factory_perception.training.statistics import bootstrap_all, Interval


@dataclass(frozen=True)
class Pair:
    """One figure of two models; the interval of the difference is a paired one."""

    first: Interval
    second: Interval
    #: Second minus first.
    difference: Interval


@dataclass(frozen=True)
class Comparison:
    """Two models on the same pictures or recordings.

    Attributes:
        first: name of one model.
        second: name of the other.
        units: how many both answered.
        unit: what they are: ``pictures``.
        metric: the figure that decides.
        figures: by name, the one that decides first.
        per_class: the figure that decides, by class.
    """

    first: str
    second: str
    units: int
    unit: str
    metric: str
    figures: Mapping[str, Pair]
    per_class: Mapping[str, Pair]

    @property
    def better(self) -> str | None:
        """Name the better model; nothing where the interval of the difference holds zero."""
        difference = self.figures[self.metric].difference
        if difference.low > 0:
            return self.second
        return self.first if difference.high < 0 else None

    @property
    def sentence(self) -> str:
        """Say it in words."""
        pair = self.figures[self.metric]
        if pair.first.value == pair.second.value and pair.difference.low == pair.difference.high:
            return (
                f'{self.first} and {self.second} give the same {self.metric} '
                f'({pair.first.value:.3f}) on every draw of these {self.units} {self.unit}'
            )
        values = {self.first: pair.first.value, self.second: pair.second.value}
        gap = f'difference {signed(pair.difference)} on the same {self.units} {self.unit}'
        if self.better is None:
            return (
                f'these {self.unit} cannot tell {self.first} and {self.second} apart: '
                f'{self.metric} {pair.first.value:.3f} and {pair.second.value:.3f}, '
                f'{gap}{self.wanted}'
            )
        worse = self.first if self.better == self.second else self.second
        return (
            f'{self.better} is better than {worse}: {self.metric} {values[self.better]:.3f} '
            f'against {values[worse]:.3f}, {gap}'
        )

    @property
    def wanted(self) -> str:
        """Say how many would show a difference of this size (error falls as 1/√n)."""
        gap = self.figures[self.metric].difference
        half = (gap.high - gap.low) / 2
        if abs(gap.value) < 0.001 or not math.isfinite(half):
            return ''
        count = math.ceil(self.units * (half / abs(gap.value)) ** 2)
        digits = max(len(str(count)) - 2, 0)
        return f'; to see a difference of this size, about {round(count, -digits)} would be needed'

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {**asdict(self), 'better': self.better, 'sentence': self.sentence}


def signed(interval: Interval) -> str:
    """Give a difference with its interval and its signs."""
    return f'{interval.value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]'


def compare(labels: tuple[str, str], first: Answers, second: Answers, seed: int = 0) -> Comparison:
    """Compare the answers of two models to the same pictures or recordings by a paired bootstrap.

    Every draw takes the same ones for both, so that what makes one hard cancels out.

    Raises:
        ModelError: the answers are to different questions.
    """
    asked = [(one.units, one.unit, one.names, list(one.classes)) for one in (first, second)]
    if asked[0] != asked[1]:
        said = ' and '.join(
            f'{label}: {units} {unit}, {", ".join(classes)}'
            for label, (units, unit, _, classes) in zip(labels, asked)
        )
        raise ModelError(f'the two models do not answer the same questions ({said})')

    def both(weights: np.ndarray) -> np.ndarray:
        a, b = first.measure(weights), second.measure(weights)
        return np.concatenate([a, b, b - a])

    found = bootstrap_all(both, first.units, seed)
    third = len(found) // 3
    pairs = [Pair(*found[index::third]) for index in range(third)]
    count = len(first.names)
    return Comparison(
        *labels,
        units=first.units,
        unit=first.unit,
        metric=first.names[0],
        figures=dict(zip(first.names, pairs)),
        per_class=dict(zip(first.classes, pairs[count:])),
    )
