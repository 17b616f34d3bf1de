"""Recordings of joints and sensors over time, whatever they were stored as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable

#: Tasks that learn from recordings; telemetry is fault diagnosis on slow joint data.
SERIES_TASKS = ('forecast', 'fault', 'telemetry')


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

    @property
    def sha256(self) -> str:
        """Give the hash of everything that decides its content."""

    @property
    def labels(self) -> Sequence[str]:
        """Give the names that intervals can have, without that of the normal state."""

    def __len__(self) -> int:
        """Give the number of recordings."""

    def name(self, index: int) -> str:
        """Give the name of a recording as a person would look it up."""

    def read(self, index: int) -> Recording:
        """Read a recording; the same index always gives the same one."""


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
