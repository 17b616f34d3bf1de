"""Faults of the cell: what can go wrong, when, how badly, and how it comes and goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arrays import Matrix

#: Faults that change the drives or what they carry, and so everything that is measured.
PHYSICAL_FAULTS = (
    'friction_rise',
    'collision',
    'payload_change',
    'backlash',
    'overheating',
    'grip_loss',
    'protective_stop',
    'torque_loss',
)
#: Faults of the encoders or the line to them: the arm moves on as before.
SENSOR_FAULTS = ('encoder_bias', 'sensor_stuck', 'sensor_dropout')
ARM_FAULTS = PHYSICAL_FAULTS + SENSOR_FAULTS
#: Disturbances of the picture.
CAMERA_FAULTS = ('defocus', 'dirty_lens', 'underexposed', 'frozen_frame')
FAULTS = ARM_FAULTS + CAMERA_FAULTS
#: Faults of the whole arm or of the gripper: they have no joint.
JOINTLESS = ('payload_change', 'grip_loss', 'protective_stop', *CAMERA_FAULTS)


class FaultError(ValueError):
    """A fault that cannot be injected; the text says what can."""


@dataclass(frozen=True)
class Fault:
    """One fault in one interval: the ground truth of a diagnosis.

    It begins at ``onset_s``, grows to ``severity`` (above 0, up to 1) over ``ramp_s``, and is gone
    at ``end_s``. ``joint`` is empty for faults of the whole arm and of the camera.
    """

    kind: str
    joint: str
    severity: float
    onset_s: float
    ramp_s: float
    end_s: float

    def level(self, time_s: Matrix) -> Matrix:
        """Give how bad it is at some times: 0 before the onset, then up to ``severity``."""
        time_s = np.asarray(time_s, np.float64)
        if self.ramp_s > 0:
            grown = np.clip((time_s - self.onset_s) / self.ramp_s, 0.0, 1.0)
        else:
            grown = np.ones_like(time_s)
        there = (time_s >= self.onset_s) & (time_s < self.end_s)
        return np.where(there, grown * self.severity, 0.0)

    def active(self, time_s: float) -> bool:
        """Say whether it is there at a time."""
        return self.onset_s <= time_s < self.end_s


def make_fault(
    kind: str,
    joint: str,
    severity: float,
    onset_s: float,
    ramp_s: float,
    duration_s: float,
    joint_names: tuple[str, ...],
) -> Fault:
    """Check a request for a fault.

    Args:
        kind: one of ``FAULTS``.
        joint: the joint's name; ignored for faults in ``JOINTLESS``.
        severity: above 0, up to 1.
        onset_s: when it begins.
        ramp_s: how long it grows.
        duration_s: how long it is there, the ramp included; infinity for ever.
        joint_names: the joints of the arm.

    Raises:
        FaultError: there is no such fault or joint, or a number is out of range.
    """
    if kind not in FAULTS:
        raise FaultError(f'no fault is called {kind!r}: use one of {", ".join(FAULTS)}')
    if kind in JOINTLESS:
        joint = ''
    elif joint not in joint_names:
        raise FaultError(
            f'{kind} needs a joint, not {joint!r}: use one of {", ".join(joint_names)}'
        )
    if not 0 < severity <= 1:
        raise FaultError(f'severity {severity:g} of {kind}: use more than 0 and at most 1')
    if not duration_s > 0 or not ramp_s >= 0:
        raise FaultError(
            f'{kind} with duration {duration_s:g} s and ramp {ramp_s:g} s: use a duration above 0 '
            'and a ramp of at least 0'
        )
    return Fault(kind, joint, severity, onset_s, ramp_s, onset_s + duration_s)
