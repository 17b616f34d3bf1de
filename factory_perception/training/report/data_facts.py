"""What is in a set, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from factory_perception.training.data import Example, PictureData
from factory_perception.training.report.text import counted

#: Counting reads pictures; of larger sets so many are drawn at random.
MOST_PICTURES = 2000


@dataclass(frozen=True)
class DataFacts:
    """A set in figures.

    Attributes:
        origin: what it is.
        sha256: hash of its content.
        count: how many pictures or recordings.
        noun: what they are: ``picture``.
        unit: what ``counts`` counts: ``boxes``.
        counts: by class; empty where there are none.
        about: other facts in words, by name: their sizes.
        note: about the counting.
    """

    origin: str
    sha256: str
    count: int
    noun: str
    unit: str = ''
    counts: Mapping[str, int] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    note: str = ''


def picture_facts(data: PictureData) -> DataFacts:
    """Count what is in a set of pictures."""
    chosen = np.random.default_rng(0).permutation(len(data))[:MOST_PICTURES]
    counts = np.zeros(len(data.classes), np.int64)
    sizes: Counter[str] = Counter()
    for index in chosen:
        example = data.read(int(index))
        counts += _counted(example, len(data.classes))
        sizes['{1} x {0}'.format(*example.image_bgr.shape)] += 1
    common = ', '.join(f'{size} ({count})' for size, count in sizes.most_common(4))
    note = ''
    if len(chosen) < len(data):
        note = f'Counted in {counted(len(chosen), "picture")} drawn at random.'
    unit = {'detect': 'boxes', 'segment': 'pictures that show it'}.get(data.task, 'pictures')
    return DataFacts(
        data.origin, data.sha256, len(data), 'picture', unit,
        dict(zip(data.classes, counts.tolist())),
        {'sizes': common + (' ...' if len(sizes) > 4 else '')}, note,
    )  # fmt: skip


def _counted(example: Example, classes: int) -> np.ndarray:
    if example.boxes is not None:
        return np.bincount(example.boxes.class_ids, minlength=classes)
    if example.mask is not None:
        return (np.bincount(example.mask.ravel(), minlength=classes) > 0).astype(np.int64)
    return np.bincount([example.label or 0], minlength=classes)
