"""Frames of many simulated arms with the truth about their faults, to learn a diagnosis from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from factory_perception.cell.config import CellConfig
from factory_perception.cell.fault_plan import FaultHabits
from factory_perception.cell.faults import Fault
from factory_perception.cell.joint_data import joint_runs
from factory_perception.faults.calibration import stack_frames
from factory_perception.faults.effort_model import EffortModel
from factory_perception.faults.frame import Array, Block, BLOCK_S, Frame, FrameMaker
from factory_perception.training.cell_kilogram import kilogram_of

#: A fault that grows for longer is hard to see at first.
SLOW_S = 2.0
#: Faults that show while nothing moves; the others show once a motion of so much was asked for.
SHOW_AT_REST = ('collision', 'encoder_bias', 'sensor_dropout', 'protective_stop')
MOVED_RAD = 0.003
#: Faults that show only as they come, and for how long: an arm that lost its part moves like one
#: that carries a lighter part.
SHOW_FOR_S = {'grip_loss': 1.0}
#: So many arms are simulated side by side.
BESIDE = 64


@dataclass(frozen=True)
class FrameRuns:
    """R runs of N frames: ``frames`` ``(N, R, J)``, the faults of each run, the joints, times.

    ``lengths`` are the frames that each run really has; what follows is NaN. None: all of them.
    """

    frames: Frame
    faults: tuple[tuple[Fault, ...], ...]
    joints: tuple[str, ...]
    step_s: float
    frame_s: float
    lengths: tuple[int, ...] | None = None
    #: What a kilogram at the tool asks of effort and tracking, where that is known.
    kilogram: tuple[EffortModel, EffortModel] | None = None

    def __len__(self) -> int:
        return len(self.faults)

    @property
    def seconds(self) -> float:
        """Say how long all runs are together."""
        lengths = self.lengths or (len(self.frames.position),) * len(self)
        return sum(lengths) * self.frame_s

    def each(self) -> Iterator[Frame]:
        """Give frame after frame, of all runs at once: ``(R, J)``."""
        names = [item.name for item in fields(Frame)]
        for index in range(len(self.frames.position)):
            yield Frame(*(getattr(self.frames, name)[index] for name in names))

    def labels(self, kinds: Sequence[str]) -> NDArray[np.int64]:
        """Give the fault of each frame and joint ``(N, R, J)``: 0 or a place in ``kinds`` + 1.

        Faults of other kinds are -1: neither normal nor known. So are frames in which a fault
        does not show: see ``_shown``.
        """
        labels = np.zeros(self.frames.position.shape, np.int64)
        begins = np.arange(len(labels), dtype=np.float64) * self.frame_s
        for run, faults in enumerate(self.faults):
            for fault in faults:
                rows = (begins + self.frame_s > fault.onset_s) & (begins < fault.end_s)
                column = self.joints.index(fault.joint) if fault.joint else slice(None)
                shown = rows & self._shown(fault, run, begins)
                labels[rows, run, column] = -1
                if fault.kind in kinds:
                    labels[shown, run, column] = kinds.index(fault.kind) + 1
        for run, length in enumerate(self.lengths or ()):
            labels[length:, run] = -1
        return labels

    def _shown(self, fault: Fault, run: int, begins: Array) -> NDArray[np.bool_]:
        """Say in which frames ``(N,)``, that begin at ``begins``, a fault of a run can be seen.

        One that grows slowly shows from half of that time on; most need a motion to show.
        """
        since = fault.onset_s + (fault.ramp_s / 2 if fault.ramp_s > SLOW_S else 0.0)
        shown = begins >= since - self.frame_s
        shown &= begins < fault.onset_s + SHOW_FOR_S.get(fault.kind, np.inf)
        if fault.kind in SHOW_AT_REST:
            return shown
        asked = self.frames.position[:, run] - self.frames.tracking[:, run]
        if fault.joint:
            asked = asked[:, self.joints.index(fault.joint), None]
        if np.isnan(asked).all():
            return shown  # nothing is known of what was asked for
        ways = np.abs(np.nan_to_num(np.diff(asked, axis=0, prepend=asked[:1])))
        gone = np.cumsum(ways * (begins >= fault.onset_s)[:, None], axis=0).max(axis=1)
        return np.asarray(shown & (gone > MOVED_RAD))


def cell_frames(
    config: CellConfig,
    seeds: Sequence[int],
    duration_s: float,
    habits: FaultHabits | None,
    faults_until_s: float | None = None,
) -> FrameRuns:
    """Simulate one run a seed and make its frames; see ``joint_runs``."""
    step_s = 1.0 / config.arm.rate_hz
    length = max(1, round(BLOCK_S / step_s))
    parts, faults = [], []
    for first in range(0, len(seeds), BESIDE):
        some = seeds[first : first + BESIDE]
        runs = list(joint_runs(config, some, duration_s, habits, faults_until_s=faults_until_s))
        faults += [run.faults for run in runs]
        channels = [
            np.stack([getattr(run.samples, name) for run in runs])
            for name in ('position', 'velocity', 'effort', 'reference_position')
        ]
        maker = FrameMaker(step_s, length)
        parts.append(
            stack_frames([
                maker.make(Block(*(channel[:, at : at + length] for channel in channels)))
                for at in range(0, channels[0].shape[1] - length + 1, length)
            ])
        )  # fmt: skip
    names = [item.name for item in fields(Frame)]
    whole = Frame(*(np.concatenate([getattr(part, n) for part in parts], axis=1) for n in names))
    joints = config.arm.joint_names
    kilogram = kilogram_of(config, whole)
    return FrameRuns(whole, tuple(faults), joints, step_s, length * step_s, None, kilogram)
