"""From joint samples to verdicts: the layers of the diagnosis put together for one robot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from factory_perception.faults.block_collector import BlockCollector
from factory_perception.faults.calibration import (
    calibrate,
    Calibration,
    CalibrationError,
    MARGIN_ALONE,
    stack_frames,
)
from factory_perception.faults.classifier import FaultClassifier
from factory_perception.faults.diagnosis import Diagnosis
from factory_perception.faults.frame import Array, BLOCK_S, Frame, FrameMaker
from factory_perception.faults.stream_layer import Pulse, StreamLayer
from factory_perception.faults.verdict import Verdict
from factory_perception.motion.held_samples import HeldSamples
from factory_perception.motion.joint_reader import JointReader, Numbers, POSITION, VELOCITY
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.jumps import JumpFilter
from factory_perception.motion.oddities import Oddities
from factory_perception.motion.sample_clock import SampleClock

#: The step of a stream is the median of so many intervals.
_INTERVALS = 50
#: Blocks with a smaller share of samples that really came are not judged.
_LEAST_SENT = 0.5
#: No joint moves faster (rad/s or m/s); faster changes of position are bad readings.
_MAX_SPEED = 20.0
#: A stream fits a calibration if their steps differ by less than this factor.
_SAME_STEP = 1.5


@dataclass(frozen=True)
class DiagnoserSettings:
    """How a robot is watched: seconds of healthy motion to learn from, and their margin."""

    calibration_s: float = 600.0
    margin: float = MARGIN_ALONE
    timeout_s: float = 1.0


class Diagnoser:
    """Watches one robot; used by one thread."""

    def __init__(
        self,
        joints: Sequence[str],
        settings: DiagnoserSettings,
        calibration: Calibration | None = None,
        classifier: FaultClassifier | None = None,
    ) -> None:
        """Take the joints and what is known beforehand; a classifier brings its own calibration.

        Raises:
            ValueError: no joint, or one twice.
            CalibrationError: the calibration is of other joints; both lists are named.
        """
        self.joints = tuple(joints)
        self.oddities = Oddities()
        if classifier is not None:
            calibration = classifier.model.calibration
        self.calibration, self.classifier = calibration, classifier
        if calibration is not None and set(calibration.joints) != set(joints):
            raise CalibrationError(
                f'learned for {", ".join(calibration.joints)}; the robot has {", ".join(joints)}: '
                'take the model of this robot'
            )
        if calibration is not None:
            self.joints = calibration.joints
        self._settings = settings
        self._reader = JointReader(self.joints, self.oddities)
        self._reference_reader = JointReader(self.joints, Oddities())
        self._held = HeldSamples()
        self._clock = SampleClock(500_000_000, self.oddities)
        self._jumps = JumpFilter(_MAX_SPEED, self.joints, self.oddities)
        self._before: Array = np.full(len(self.joints), np.nan)
        self._intervals: list[int] = []
        self._frames: list[Frame] = []
        self._collector: BlockCollector | None = None
        self.pulse: Pulse | None = None
        self._read_ns = 0
        self.newest_ns = 0
        #: How often the history began anew.
        self.resets = 0
        self.trouble = ''
        self.verdicts: list[Verdict] = []
        # What was learned before is kept when a stream only happens to be too slow for it.
        self._keeps = True
        #: Called with a calibration that was just learned in place of none.
        self.calibrated: Callable[[Calibration], None] = lambda calibration: None

    @property
    def progress(self) -> float:
        """Give how much of the healthy motion to learn from has been seen, 0 to 1."""
        if self.calibration is not None:
            return 1.0
        return min(len(self._frames) * BLOCK_S / self._settings.calibration_s, 1.0)

    @property
    def received_ns(self) -> int:
        """Give when the newest sample arrived, whether it waits or was worked on."""
        return max(self._read_ns, self._held.arrival_ns)

    @property
    def step_s(self) -> float:
        """Give the time between samples; 0 until it is known."""
        return self.pulse.expected_ns * 1e-9 if self.pulse else 0.0

    def add(self, sample: JointSample) -> bool:
        """Take one sample; give whether it completed a block and ``verdicts`` are new.

        What completes none may be looked at only with the one that does.
        """
        due_ns = self._collector.due_ns if self._collector is not None else 0
        new = False
        for held in self._held.add(sample, due_ns):
            new = self._take(held) or new
        return new

    def _take(self, given: JointSample) -> bool:
        sample = self._reader.read(given.names, given.position, given.velocity, given.effort)
        if sample is None:
            return False
        odd_before = sum(self.oddities.counts.values())
        verdict = self._clock.judge(given.stamp_ns, given.received_ns)
        self._read_ns = given.received_ns
        if self.pulse and sum(self.oddities.counts.values()) != odd_before:
            self._tell_clock(given.received_ns)
        if not verdict.usable:
            return False
        interval_ns, self.newest_ns = verdict.stamp_ns - self.newest_ns, verdict.stamp_ns
        if self._collector is None:
            self._learn_step(interval_ns, verdict.anew)
            return False
        assert self.pulse is not None
        if verdict.anew:
            self._before = sample[POSITION]
        else:
            self.pulse.beat(interval_ns)
            self._leave_out_jumps(sample, interval_ns)
        if self._collector.add(verdict.stamp_ns, sample):
            self._forget()
        return self._work()

    def add_reference(self, stamp_ns: int, names: Sequence[str], position: Numbers) -> None:
        """Take what the controller wanted at a time."""
        if self._collector is not None:
            sample = self._reference_reader.read(names, position, (), ())
            if sample is not None:
                self._collector.add_reference(stamp_ns, sample[POSITION])

    def stream_verdicts(self, now_ns: int) -> list[Verdict]:
        """Judge age, rate and stamps of the stream, now on the clock of the node."""
        return self.pulse.verdicts(self.received_ns, now_ns) if self.pulse else []

    def _leave_out_jumps(self, sample: Array, interval_ns: int) -> None:
        """Put what the velocity says where a position is impossible, until it stays there.

        253 rad is no position to judge by; a joint that stays elsewhere shows it in one step.
        """
        position, missing = sample[POSITION], np.isnan(sample[POSITION])
        settled = self._jumps.settles(position, self._before, interval_ns)
        if not np.logical_or.reduce(np.isnan(position)):  # as nearly always
            self._before = position
            return
        if not settled:
            impossible = np.isnan(position) & ~missing
            if impossible.any():
                way = np.nan_to_num(sample[VELOCITY]) * (interval_ns * 1e-9)
                position[impossible] = (self._before + way)[impossible]
        self._before = np.where(missing, self._before, position)

    def _tell_clock(self, now_ns: int) -> None:
        assert self.pulse is not None
        kinds = [kind for kind, count in self.oddities.counts.items() if count and kind.is_fault]
        stamps = [kind for kind in kinds if 'stamp' in kind.value or kind.value in _CLOCK]
        if stamps:
            self.pulse.strange(self.oddities.sentence(stamps[-1]), now_ns)

    def _learn_step(self, interval_ns: int, anew: bool) -> None:
        if not anew and interval_ns > 0:
            self._intervals.append(interval_ns)
        if len(self._intervals) < _INTERVALS:
            return
        step_ns = int(np.median(self._intervals))
        self.pulse = Pulse(step_ns, round(self._settings.timeout_s * 1e9))
        if self.calibration is not None:
            step_ns = self._fitting_step(step_ns, self.calibration.step_s)
        length = max(1, round(BLOCK_S * 1e9 / step_ns))
        self._step_s, self._frame_s = step_ns * 1e-9, length * step_ns * 1e-9
        self._collector = BlockCollector(len(self.joints), step_ns, length)
        self._maker = FrameMaker(step_ns * 1e-9, length)
        self._stream = StreamLayer(self.joints, self._frame_s)
        self._watch()

    def _fitting_step(self, step_ns: int, wanted_s: float) -> int:
        if step_ns * 1e-9 > wanted_s * _SAME_STEP:
            self.trouble = (
                f'joint states come at {1e9 / step_ns:.0f} Hz, the model was learned at '
                f'{1 / wanted_s:.0f} Hz: it is not used'
            )
            self.calibration = self.classifier = None
            self._keeps = False
            return step_ns
        return round(wanted_s * 1e9)

    def _watch(self) -> None:
        self._diagnosis = None
        if self.calibration is not None:
            self._diagnosis = Diagnosis(self.calibration, self._frame_s, self.classifier)

    def _forget(self) -> None:
        self.resets += 1
        self._maker.reset()
        self._stream.reset()
        if self._diagnosis is not None:
            self._diagnosis.reset()

    def _work(self) -> bool:
        assert self._collector is not None
        worked = False
        while (taken := self._collector.take()) is not None:
            stamp_ns, block = taken
            frame = self._maker.make(block)
            if block.sent is not None and block.sent.mean() < _LEAST_SENT:
                continue  # made up for the most part: nothing to judge by
            self.verdicts = self._judge(frame, stamp_ns)
            worked = True
        return worked

    def _judge(self, frame: Frame, stamp_ns: int) -> list[Verdict]:
        if self._diagnosis is not None:
            self._diagnosis.update(frame, stamp_ns)
            return self._diagnosis.verdicts()
        self._stream.update(frame, stamp_ns)
        found = self._stream.verdicts()
        self._learn(frame, found)
        return found

    def _learn(self, frame: Frame, stream: list[Verdict]) -> None:
        """Keep a healthy frame; calibrate when there are enough."""
        if stream:
            return
        self._frames.append(frame)
        if len(self._frames) * self._frame_s < self._settings.calibration_s:
            return
        try:
            self.calibration = calibrate(
                self.joints, self._step_s, self._frame_s, stack_frames(self._frames),
                self._settings.margin, alone=True,
            )  # fmt: skip
        except CalibrationError as error:
            self.trouble = f'still learning: {error}'
            self._frames = self._frames[len(self._frames) // 2 :]
            return
        self.trouble = ''
        self._frames = []
        self._watch()
        if self._keeps:
            self.calibrated(self.calibration)


_CLOCK = ('late', 'clock_back')
