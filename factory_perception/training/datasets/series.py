"""Recordings of joints and sensors over time, whatever they were stored as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.fingerprint import fingerprint
from factory_perception.training.datasets.problems import DatasetError, Problem

#: Tasks that learn from recordings.
SERIES_TASKS = ('forecast', 'fault')


@dataclass(frozen=True)
class LabelInterval:
    """A stretch of a recording with a name: ``start_s`` up to, not including, ``end_s``.

    ``joint`` is empty when it is about the whole machine.
    """

    label: str
    start_s: float
    end_s: float
    joint: str = ''


@dataclass(frozen=True)
class Commands:
    """What the joints were told: C commands, each with its own time.

    Attributes:
        names: the joints.
        time_s: float64 ``(C,)``, when they were sent, on the clock of the recording.
        position: float64 ``(C, J)``, where to go.
        duration_s: float64 ``(C, J)``, how long it may take; NaN where that is not known.
    """

    names: tuple[str, ...]
    time_s: NDArray[np.float64]
    position: NDArray[np.float64]
    duration_s: NDArray[np.float64]


@dataclass(frozen=True)
class Recording:
    """One unbroken recording: T samples. Windows never reach over its ends.

    Attributes:
        name: as a person would look it up.
        joints: names, times and ``(T, J)`` of position, velocity and effort in the units of the
            file; J is 0 where only other sensors were recorded. NaN is what was not measured.
        channels: other sensors by name, each float64 ``(T,)``.
        label_columns: labels of every sample by name, each float64 ``(T,)``, NaN where unknown.
        intervals: the labels as stretches of time, none when nothing happened; ``None`` when
            nobody labelled the recording.
        facts: what else is known: session, task, load ...
        commands: what the joints were told, where that was recorded.
    """

    name: str
    joints: JointTable
    channels: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    label_columns: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    intervals: tuple[LabelInterval, ...] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    commands: Commands | None = None

    @property
    def duration_s(self) -> float:
        """Give the time from the first sample to the last."""
        return float(self.joints.time_s[-1] - self.joints.time_s[0])


class SeriesData(Protocol):
    """A set of recordings for one task."""

    #: One of ``SERIES_TASKS``.
    task: str
    #: Where it came from, for reports and manifests.
    origin: str
    #: Hash of everything that decides its content.
    sha256: str

    @property
    def labels(self) -> Sequence[str]:
        """Give the names that intervals can have, without that of the normal state."""

    def __len__(self) -> int:
        """Give the number of recordings."""

    def name(self, index: int) -> str:
        """Give the name of a recording as a person would look it up."""

    def read(self, index: int) -> Recording:
        """Read a recording; the same index always gives the same one."""


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


def all_columns(recording: Recording) -> dict[str, NDArray[np.float64]]:
    """Give every column of a recording by name, ``elbow.position`` for one."""
    found = dict(recording.channels)
    for kind in ('position', 'velocity', 'effort'):
        table: NDArray[np.float64] = getattr(recording.joints, kind)
        for place, joint in enumerate(recording.joints.names):
            found[f'{joint}.{kind}'] = table[:, place]
    return found | dict(recording.label_columns)


def intervals_of(
    time_s: NDArray[np.float64], values: NDArray[np.float64], label: str, joint: str = ''
) -> list[LabelInterval]:
    """Give the stretches in which a column is above 0; each ends at the next sample's time."""
    on = np.concatenate([[False], np.nan_to_num(values) > 0, [False]])
    edges = np.flatnonzero(on[1:] != on[:-1])
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    ends = np.append(time_s, time_s[-1] + step if len(time_s) else 0.0)
    return [
        LabelInterval(label, float(time_s[start]), float(ends[end]), joint)
        for start, end in zip(edges[0::2], edges[1::2])
    ]


def empty_joints(time_s: NDArray[np.float64]) -> JointTable:
    """Give a table without joints, for recordings of other sensors."""
    nothing = np.zeros((len(time_s), 0))
    return JointTable((), time_s, nothing, nothing, nothing)
