"""The whole cell: camera, belt, parts, arm and faults, for a thin node to publish.

There is no clock in here: time is an argument, in seconds from the cell's start. What comes out
hangs on the seed and on what was asked of the cell, not on the steps in which time is advanced.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, fields, replace
import functools

import numpy as np

from factory_perception.cell.arrays import Picture
from factory_perception.cell.camera import Camera, camera_of
from factory_perception.cell.camera_moods import camera_state
from factory_perception.cell.config import CellConfig, load_config
from factory_perception.cell.conveyor import Conveyor, Counts
from factory_perception.cell.dynamics import model_of
from factory_perception.cell.fault_plan import FaultHabits, FaultPlan, loss_faults
from factory_perception.cell.faults import CAMERA_FAULTS, Fault
from factory_perception.cell.joint_stream import JointSamples, JointStream
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.pick_tasks import PickTasks
from factory_perception.cell.renderer import Placed, Renderer, Scene
from factory_perception.cell.seeds import stream
from factory_perception.cell.truth import Truth

#: Faults that come and go by themselves: those of the arm, and those of the camera.
DEMO_FAULTS = (
    FaultHabits(pause_s=(12.0, 25.0), severity=(0.45, 1.0), first_s=15.0),
    FaultHabits(CAMERA_FAULTS, pause_s=(35.0, 70.0), severity=(0.5, 1.0), first_s=40.0),
)
#: Joint samples are kept so long for those who ask late.
_KEEP_S = 10.0
#: The arm advances in pieces of at most so many samples: a leap in time needs no more memory.
_CHUNK = 250


@dataclass(frozen=True)
class Frame:
    """One picture of the overhead camera, when it was taken, and what is really in it."""

    index: int
    stamp_ns: int
    image_bgr: Picture
    truth: Truth


@dataclass(frozen=True)
class BeltState:
    """The belt at a time, as its encoder reports it."""

    stamp_ns: int
    way_m: float
    speed_m_s: float


class Cell:
    """A running factory cell; to be used by one thread at a time."""

    def __init__(
        self,
        config: CellConfig | None = None,
        seed: int = 0,
        habits: tuple[FaultHabits, ...] = DEMO_FAULTS,
    ) -> None:
        """Start a cell at time 0; ``habits`` says which faults come by themselves, () for none."""
        self.config = config or load_config()
        self.seed = seed
        self.camera: Camera = camera_of(self.config.camera)
        least = self.config.parts.min_defect_px * 1000
        least /= self.camera.pixels_per_metre(self.config.belt.top_z_m)
        self.faults = FaultPlan(self.config.arm.joint_names, seed, habits)
        self._conveyor = Conveyor(self.config, seed, least)
        planner = CyclePlanner(self.config)
        self._tasks = PickTasks(self.config, planner, self._conveyor, stream(seed, 'picks'))
        model = model_of(self.config.arm)
        self._arm = JointStream(self.config, self._tasks, planner.home, seed, model)
        self._samples: deque[JointSamples] = deque()
        self._shown: Frame | None = None
        self._time_s, self._count = 0.0, 0
        self._frozen: tuple[int, Frame] | None = None
        self._conveyor.advance_to(0.0)

    @property
    def time_s(self) -> float:
        """Give the time up to which the cell has been advanced."""
        return self._time_s

    @property
    def counts(self) -> Counts:
        """Give what has happened to the parts so far."""
        return replace(self._conveyor.counts)

    @functools.cached_property
    def renderer(self) -> Renderer:
        """Give what draws the pictures; made when the first is asked for."""
        return Renderer(self.config, self.seed, self.camera)

    def advance_to(self, time_s: float) -> None:
        """Let the cell run up to a time.

        Raises:
            ValueError: the time lies before the present one.
        """
        if time_s < self._time_s:
            raise ValueError(
                f'the cell is at {self._time_s:.3f} s and cannot go back to {time_s:.3f} s: '
                'start a new one'
            )
        wanted = int(np.floor(time_s * self.config.arm.rate_hz + 1e-6))
        while self._count < wanted:
            self._advance_arm(min(wanted - self._count, _CHUNK))
        self._conveyor.advance_to(time_s)
        self._time_s = time_s

    def frame(self) -> Frame:
        """Give the latest picture that is due: the camera takes one every 1 / rate seconds.

        Until the next is due the same frame is given again; nothing is drawn that nobody asks for.
        """
        index = int(np.floor(self._time_s * self.config.camera.rate_hz + 1e-6))
        if self._shown is None or self._shown.index != index:
            moment = index / self.config.camera.rate_hz
            frozen = [
                fault
                for fault in self.faults.during(moment, moment)
                if fault.kind == 'frozen_frame' and fault.active(moment)
            ]
            self._shown = self._freeze(frozen[0], index) if frozen else self._take(index)
        return self._shown

    def joints_since(self, stamp_ns: int) -> JointSamples:
        """Give the joint samples after a stamp, at most those of the last ten seconds."""
        late: list[JointSamples] = []
        for part in reversed(self._samples):
            if part.stamp_ns[-1] <= stamp_ns:
                break
            late.append(part)
        if not late:
            return self._no_samples()
        whole = _joined(late[::-1])
        return _cut(whole, slice(int(np.searchsorted(whole.stamp_ns, stamp_ns, 'right')), None))

    def belt(self) -> BeltState:
        """Give the belt's odometry, now."""
        way = self._conveyor.way_m(self._time_s)
        return BeltState(_stamp(self._time_s), way, self._conveyor.speed_m_s)

    def set_belt_speed(self, speed_m_s: float) -> None:
        """Run the belt at another speed from now on.

        Raises:
            ValueError: the speed is beyond what the belt can do.
        """
        self._conveyor.set_speed(speed_m_s, self._time_s)

    def parts(self) -> tuple[Placed, ...]:
        """List the parts on the whole belt, seen or not, now."""
        return self._conveyor.placed(self._time_s)

    def inject(
        self,
        kind: str,
        joint: str = '',
        severity: float = 1.0,
        ramp_s: float = 0.0,
        duration_s: float = 10.0,
        onset_s: float | None = None,
    ) -> Fault:
        """Ask for a fault; it begins now, or at a later time.

        Raises:
            FaultError: there is no such fault or joint, or a number is out of range.
        """
        onset = self._time_s if onset_s is None else max(onset_s, self._time_s)
        return self.faults.inject(kind, joint, severity, onset, ramp_s, duration_s)

    def active_faults(self) -> tuple[Fault, ...]:
        """List the faults that are there, now.

        A grip loss is there from when a part falls until the controller would have put it down;
        with nothing in the gripper there is none, whatever was asked for.
        """
        there = self.faults.during(self._time_s, self._time_s)
        active = [f for f in there if f.active(self._time_s) and f.kind != 'grip_loss']
        active += loss_faults(self._arm.feed.grip.losses[-1:])
        return tuple(fault for fault in active if fault.active(self._time_s))

    def _advance_arm(self, count: int) -> None:
        rate = self.config.arm.rate_hz
        begin, end = self._count / rate, (self._count + count) / rate
        samples = self._arm.advance(count, self.faults.during(begin, end))
        self._count += count
        self._conveyor.counts.lost = len(self._arm.feed.grip.losses)
        self._samples.append(samples)
        horizon = _stamp(end - _KEEP_S)
        while self._samples[0].stamp_ns[-1] < horizon:
            self._samples.popleft()

    def _take(self, index: int) -> Frame:
        moment = index / self.config.camera.rate_hz
        scene = Scene(self._conveyor.placed(moment), self._conveyor.way_m(moment))
        state = camera_state(self.seed, moment, self.faults.during(moment, moment))
        way = abs(self._conveyor.speed_m_s) * self.config.camera.exposure_s
        scale = self.camera.pixels_per_metre(self.config.belt.top_z_m)
        state = replace(state, motion_px=way * scale)
        image, truth = self.renderer.render(scene, state, index)
        return Frame(index, _stamp(moment), image, truth)

    def _freeze(self, fault: Fault, index: int) -> Frame:
        """Give the last picture before a fault again, with the stamp of the new one."""
        last = max(int(np.ceil(fault.onset_s * self.config.camera.rate_hz)) - 1, 0)
        if self._frozen is None or self._frozen[0] != last:
            self._frozen = (last, self._take(last))
        frame = self._frozen[1]
        stamp = _stamp(index / self.config.camera.rate_hz)
        return replace(frame, index=index, stamp_ns=stamp, image_bgr=frame.image_bgr.copy())

    def _no_samples(self) -> JointSamples:
        names = self.config.arm.joint_names
        empty = np.zeros((0, len(names)))
        return JointSamples(names, np.zeros(0, np.int64), *(empty.copy() for _ in range(6)))


def _stamp(time_s: float) -> int:
    return round(time_s * 1e9)


_CHANNELS = [item.name for item in fields(JointSamples) if item.name not in ('names', 'stamp_ns')]


def _cut(samples: JointSamples, rows: slice) -> JointSamples:
    channels = {name: getattr(samples, name)[rows] for name in _CHANNELS}
    return replace(samples, stamp_ns=samples.stamp_ns[rows], **channels)


def _joined(parts: list[JointSamples]) -> JointSamples:
    if len(parts) == 1:
        return parts[0]
    stamps = np.concatenate([part.stamp_ns for part in parts])
    channels = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _CHANNELS}
    return replace(parts[0], stamp_ns=stamps, **channels)
