"""A robot of two joints with gravity, inertia and friction, for tests: quick, seeded, plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from factory_perception.faults.calibration import calibrate, Calibration, stack_frames
from factory_perception.faults.frame import Block, Frame, FrameMaker

JOINTS = ('base', 'arm')
STEP_S, LENGTH = 0.004, 10
FRAME_S = STEP_S * LENGTH


class Samples:
    """Position, velocity, effort and reference ``(T, 2)``; may be changed in place."""

    def __init__(self, seconds: float, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        time = np.arange(round(seconds / STEP_S)) * STEP_S
        self.time_s = time
        phase = rng.uniform(0, 2 * np.pi, 2)
        self.position = np.tile([0.2, 0.7], (len(time), 1))
        self.velocity, acceleration = np.zeros_like(self.position), np.zeros_like(self.position)
        # Several waves without a common period: every position is met at many velocities.
        for swing, speed in ((0.5, [1.9, 1.3]), (0.25, [2.9, 3.4]), (0.1, [5.3, 4.7])):
            angle = time[:, None] * np.array(speed) + phase
            self.position += swing * np.sin(angle)
            self.velocity += swing * np.array(speed) * np.cos(angle)
            acceleration -= swing * np.array(speed) ** 2 * np.sin(angle)
        gravity = np.array([0.0, 30.0]) * np.cos(self.position)
        friction = np.array([5.0, 3.0]) * np.tanh(self.velocity / 0.05)
        self.effort = gravity + friction + np.array([4.0, 2.0]) * acceleration
        self.reference = self.position.copy()
        self.position += rng.normal(0, 2e-6, self.position.shape)
        self.velocity += rng.normal(0, 1e-3, self.velocity.shape)
        self.effort += rng.normal(0, 0.1, self.effort.shape)

    def rows(self, from_s: float, to_s: float) -> slice:
        """Give the rows of an interval."""
        return slice(round(from_s / STEP_S), round(to_s / STEP_S))


def blocks(samples: Samples) -> list[Block]:
    """Cut samples into blocks."""
    channels = (samples.position, samples.velocity, samples.effort, samples.reference)
    return [
        Block(*(channel[at : at + LENGTH] for channel in channels))
        for at in range(0, len(samples.position) - LENGTH + 1, LENGTH)
    ]


def frames(samples: Samples) -> list[Frame]:
    """Make the frames of samples."""
    maker = FrameMaker(STEP_S, LENGTH)
    return [maker.make(block) for block in blocks(samples)]


def beside_each_other(each: Sequence[Frame]) -> Frame:
    """Put frames of R robots beside each other: ``(R, 2)``."""
    names = [item.name for item in fields(Frame)]
    return Frame(*(np.stack([getattr(frame, name) for frame in each]) for name in names))


def healthy(seconds: float = 40.0, margin: float = 1.5) -> Calibration:
    """Learn the healthy state from some seconds."""
    return calibrate(JOINTS, STEP_S, FRAME_S, stack_frames(frames(Samples(seconds))), margin)
