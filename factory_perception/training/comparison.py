"""Two models on the same pictures: which is better, or that the pictures cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import math
from typing import Any

import numpy as np

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
    """Two models on the same pictures.

    Attributes:
        first: name of one model.
        second: name of the other.
        pictures: how many both answered.
        metric: the figure that decides.
        figures: by name, the one that decides first.
        per_class: the figure that decides, by class.
    """

    first: str
    second: str
    pictures: int
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
                f'({pair.first.value:.3f}) on every draw of these {self.pictures} pictures'
            )
        values = {self.first: pair.first.value, self.second: pair.second.value}
        gap = f'difference {signed(pair.difference)} on the same {self.pictures} pictures'
        if self.better is None:
            return (
                f'these pictures cannot tell {self.first} and {self.second} apart: {self.metric} '
                f'{pair.first.value:.3f} and {pair.second.value:.3f}, {gap}{self._wanted()}'
            )
        worse = self.first if self.better == self.second else self.second
        return (
            f'{self.better} is better than {worse}: {self.metric} {values[self.better]:.3f} '
            f'against {values[worse]:.3f}, {gap}'
        )

    def _wanted(self) -> str:
        """Say how many pictures would show a difference of this size (error falls as 1/√n)."""
        gap = self.figures[self.metric].difference
        half = (gap.high - gap.low) / 2
        if abs(gap.value) < 0.001 or not math.isfinite(half):
            return ''
        count = math.ceil(self.pictures * (half / abs(gap.value)) ** 2)
        digits = max(len(str(count)) - 2, 0)
        return f'; to see a difference of this size, about {round(count, -digits)} would be needed'

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {**asdict(self), 'better': self.better, 'sentence': self.sentence}


def signed(interval: Interval) -> str:
    """Give a difference with its interval and its signs."""
    return f'{interval.value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]'


def compare(labels: tuple[str, str], first: Answers, second: Answers, seed: int = 0) -> Comparison:
    """Compare the answers of two models to the same pictures by a paired bootstrap.

    Every draw takes the same pictures for both, so that what makes a picture hard cancels out.

    Raises:
        ValueError: the answers are to different pictures.
    """
    if first.pictures != second.pictures or first.names != second.names:
        raise ValueError('the answers are not to the same pictures')

    def both(weights: np.ndarray) -> np.ndarray:
        a, b = first.measure(weights), second.measure(weights)
        return np.concatenate([a, b, b - a])

    found = bootstrap_all(both, first.pictures, seed)
    third = len(found) // 3
    pairs = [Pair(*found[index::third]) for index in range(third)]
    count = len(first.names)
    return Comparison(
        *labels,
        pictures=first.pictures,
        metric=first.names[0],
        figures=dict(zip(first.names, pairs)),
        per_class=dict(zip(first.classes, pairs[count:])),
    )
