"""Recordings with labelled faults as frames, to learn a diagnosis of a real robot from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
import functools

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.faults import Fault
from factory_perception.faults.calibration import stack_frames
from factory_perception.faults.frame import Block, BLOCK_S, Frame, FrameMaker
from factory_perception.training.cell_frames import FrameRuns
from factory_perception.training.datasets.series import Commands, Recording, SeriesData
from factory_perception.training.fault_lesson import LEAST_FRAMES
from factory_perception.training.setting_tree import SettingsError

#: Positions beyond this are counts of a servo, not radians.
_NO_RADIANS = 50.0
#: Bus servos: 1000 counts are 240 degrees.
_COUNT_RAD = np.deg2rad(240.0) / 1000.0


class RecordedFaults:
    """All recordings of a set; frames are made when they are wanted."""

    task = 'fault'

    def __init__(self, data: SeriesData) -> None:
        """Take a set.

        Raises:
            SettingsError: nobody labelled it.
        """
        self._data = data
        self.origin, self.sha256, self.labels = data.origin, data.sha256, tuple(data.labels)
        if not self.labels:
            raise SettingsError(f'{data.origin} has no labelled faults: nothing to learn from')

    def __len__(self) -> int:
        return len(self._data)

    def name(self, index: int) -> str:
        """Give the name of a run of ``faulty``."""
        return self._recordings[index].name

    @functools.cached_property
    def whole(self) -> tuple[str, ...]:
        """Give the faults that are never blamed on a joint."""
        seen = [one for recording in self._recordings for one in recording.intervals or ()]
        blamed = {one.label for one in seen if one.joint}
        return tuple(label for label in self.labels if label not in blamed)

    @functools.cached_property
    def faulty(self) -> FrameRuns:
        """Give all recordings."""
        return _runs(self._recordings)

    @functools.cached_property
    def healthy(self) -> FrameRuns:
        """Give the recordings without a fault.

        Raises:
            SettingsError: there is none.
        """
        healthy = [one for one in self._recordings if one.intervals == ()]
        if not healthy:
            text = 'has no recording without a fault: healthy motion is needed to compare with'
            raise SettingsError(f'{self.origin} {text}')
        return _runs(healthy)

    @functools.cached_property
    def _recordings(self) -> list[Recording]:
        found = [self._data.read(index) for index in range(len(self._data))]
        known = [one for one in found if one.intervals is not None and one.joints.names]
        if not known:
            raise SettingsError(
                f'{self.origin} has no labelled recording of joints; of bearings and forces '
                'python -m factory_perception.training.window_check says what can be told apart'
            )
        other = next((one for one in known if one.joints.names != known[0].joints.names), None)
        if other is not None:
            raise SettingsError(
                f'{self.origin} mixes robots: {known[0].name} has the joints '
                f'{", ".join(known[0].joints.names)}, {other.name} has '
                f'{", ".join(other.joints.names)}; take one robot, its joints in one order'
            )
        return known


def _runs(recordings: Sequence[Recording]) -> FrameRuns:
    step_s = float(np.median([np.median(np.diff(one.joints.time_s)) for one in recordings]))
    length = max(1, round(BLOCK_S / step_s))
    parts = [_frames(one, step_s, length) for one in recordings]
    lengths = tuple(len(part.position) for part in parts)
    longest = max(*lengths, LEAST_FRAMES)
    names = [item.name for item in fields(Frame)]
    padded = [
        np.stack([_padded(getattr(part, name), longest) for part in parts], axis=1)
        for name in names
    ]
    faults = tuple(_faults(one) for one in recordings)
    joints = recordings[0].joints.names
    return FrameRuns(Frame(*padded), faults, joints, step_s, length * step_s, lengths)


def _frames(recording: Recording, step_s: float, length: int) -> Frame:
    """Make the frames ``(N, J)`` of one recording."""
    table = recording.joints
    count = int((table.time_s[-1] - table.time_s[0]) / step_s + 1e-6) + 1
    moments = table.time_s[0] + step_s * np.arange(count)
    places = np.searchsorted(table.time_s, moments + step_s / 2, 'right') - 1
    scale = _COUNT_RAD if np.nanmax(np.abs(table.position)) > _NO_RADIANS else 1.0
    position = table.position[places] * scale
    reference = None
    if recording.commands is not None:
        reference = planned(recording.commands, table.time_s[places]) * scale
    maker, found = FrameMaker(step_s, length), []
    for at in range(0, len(places) - length + 1, length):
        rows = slice(at, at + length)
        channels = (position[rows], table.velocity[places][rows], table.effort[places][rows])
        found.append(maker.make(Block(*channels, None if reference is None else reference[rows])))
    return stack_frames(found)


def planned(commands: Commands, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give where joints should be ``(T, J)``: each command is a straight way of its duration."""
    place = np.searchsorted(commands.time_s, time_s, 'right') - 1
    now, before = np.maximum(place, 0), np.maximum(place - 1, 0)
    since = (time_s - commands.time_s[now])[:, None]
    share = np.clip(since / np.maximum(commands.duration_s[now], 1e-3), 0.0, 1.0)
    first, last = commands.position[before], commands.position[now]
    way: NDArray[np.float64] = first + np.nan_to_num(share, nan=1.0) * (last - first)
    way[place < 0] = np.nan
    return way


def _padded(values: NDArray[np.float64], longest: int) -> NDArray[np.float64]:
    rest = np.full((longest - len(values), *values.shape[1:]), np.nan)
    return np.concatenate([values, rest])


def _faults(recording: Recording) -> tuple[Fault, ...]:
    zero = recording.joints.time_s[0]
    return tuple(
        Fault(one.label, one.joint, 1.0, one.start_s - zero, 0.0, one.end_s - zero)
        for one in recording.intervals or ()
    )
