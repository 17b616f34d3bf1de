"""A report as data: what it says, not what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
import math
from typing import Any

import numpy as np

from factory_perception.training.report.parts import Part
from factory_perception.training.statistics import Interval

FORMAT = 1


@dataclass(frozen=True)
class Headline:
    """A figure on the first screen.

    Attributes:
        name: what it is, in a few words.
        value: with its 95 % interval.
        said: the same in a sentence that needs no training to be read.
        marks: what it is compared with, by name, on the same scale.
        share: whether it is shown in percent.
        most: where its scale ends.
    """

    name: str
    value: Interval
    said: str = ''
    marks: tuple[tuple[str, float], ...] = ()
    share: bool = False
    most: float = 1.0


@dataclass(frozen=True)
class Section:
    """A part of the page with a title; ``lead`` says what is to be learnt from it."""

    title: str
    parts: tuple[Part, ...]
    lead: str = ''


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes:
        title: what it is about.
        subtitle: when, of what.
        headlines: the figures of the first screen, the main one first.
        points: the sentences of the first screen by what they answer.
        sections: everything else.
        facts: other numbers for the file of numbers.
    """

    title: str
    subtitle: str
    headlines: tuple[Headline, ...]
    points: tuple[tuple[str, tuple[str, ...]], ...]
    sections: tuple[Section, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def numbers(self) -> dict[str, Any]:
        """Give the numbers behind every figure as plain values.

        Raises:
            ValueError: two figures have the same key.
        """
        figures: dict[str, Any] = {}
        for section in self.sections:
            for part in section.parts:
                key = getattr(part, 'key', '')
                if not key:
                    continue
                if key in figures:
                    raise ValueError(f'two figures are called {key}')
                figures[key] = part.numbers()  # type: ignore[union-attr]
        result: dict[str, Any] = plain(
            {
                'format': FORMAT,
                'title': self.title,
                'subtitle': self.subtitle,
                'headlines': {one.name: vars(one.value) for one in self.headlines},
                'points': dict(self.points),
                'facts': self.facts,
                'figures': figures,
            }
        )
        return result


def plain(value: Any) -> Any:
    """Give a value as JSON can hold it: six digits, ``None`` for what is no number."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        return plain(vars(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return float(f'{value:.6g}') if math.isfinite(value) else None
    return value
