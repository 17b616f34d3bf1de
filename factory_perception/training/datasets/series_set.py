"""The recordings of a folder, read one by one when they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from factory_perception.training.datasets.fingerprint import fingerprint
from factory_perception.training.datasets.problems import DatasetError, Problem
from factory_perception.training.datasets.series import all_columns, Recording


@dataclass(frozen=True)
class Source:
    """One recording and how to read it.

    Attributes:
        name: of the recording.
        file: the name below the data folder of what it is read from.
        load: reads it; can be pickled.
        group: recordings of one group are alike and stay on one side of a split: a day, a
            commanded path, a bearing.
        files: all files that it is read from.
        weight: how much of the set it is, in samples where that is known.
        split: the part that the set says it belongs to, or ``''``.
        stratum: what both sides of a split should have a share of: a kind of fault, or nothing.
        shows: its labels, where they are known before it is read.
    """

    name: str
    file: str
    load: Callable[[], Recording]
    group: str
    files: tuple[Path, ...]
    weight: float = 1.0
    split: str = ''
    stratum: str = ''
    shows: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SeriesIndex:
    """All recordings of a folder; ``labels`` are the names that their intervals can have."""

    task: str
    labels: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass
class SeriesSet:
    """Some or all recordings of a folder: a ``SeriesData``."""

    task: str
    origin: str
    labels: Sequence[str]
    sources: tuple[Source, ...]
    root: Path
    problems: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash the names, sizes and contents of the files used, and which recordings."""
        used = [file for source in self.sources for file in source.files]
        names = [source.name for source in self.sources]
        return fingerprint(self.root, used, [self.task, *self.labels, '', *names])

    def __len__(self) -> int:
        return len(self.sources)

    def name(self, index: int) -> str:
        """Give the name of a recording."""
        return self.sources[index].name

    def read(self, index: int) -> Recording:
        """Read a recording.

        Raises:
            DatasetError: it is broken, or its times do not rise; the text names the file.
        """
        try:
            return read_source(self.sources[index])
        except DatasetError as error:
            raise DatasetError(error.problem, self.root) from None


def read_source(source: Source) -> Recording:
    """Read a recording and make sure that it can be used.

    Raises:
        DatasetError: fewer than two samples, times that do not rise, an infinite value.
    """
    file = source.file
    try:
        recording = source.load()
    except DatasetError as error:
        raise error.within(file) from None
    time_s = recording.joints.time_s
    where = f'{source.name}: '
    if len(time_s) < 2:
        text = f'{where}{len(time_s)} samples'
        raise DatasetError(Problem('short', text, 'record more or remove it', file))
    bad = np.flatnonzero(~np.isfinite(time_s))
    if len(bad):
        text = f'{where}sample {bad[0]} has no time'
        raise DatasetError(Problem('time', text, 'correct or remove it', file))
    back = np.flatnonzero(np.diff(time_s) < 0)
    if len(back):
        at = back[0]
        text = f'{where}time goes back from {time_s[at]:g} to {time_s[at + 1]:g} at sample {at + 1}'
        raise DatasetError(Problem('time', text, 'divide the recording there', file))
    for name, values in all_columns(recording).items():
        infinite = np.flatnonzero(np.isinf(values))
        if len(infinite):
            text = f'{where}{name} is infinite at sample {infinite[0]}'
            raise DatasetError(Problem('number', text, 'correct it or leave it empty', file))
    return recording
