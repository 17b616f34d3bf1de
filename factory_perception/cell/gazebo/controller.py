"""The controller of the arm in Gazebo: its gains, and the torque that it gives.

Gazebo's joint states carry no effort. Its trajectory controller gives position gain times position
error, plus velocity gain times velocity error, plus the feed-forward of the trajectory, so that
whoever sends the trajectory knows the torque.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from factory_perception.cell.arm_config import ArmConfig
from factory_perception.cell.arrays import Matrix

#: Of the drives' gains. The trajectory starts a message's way late, some milliseconds that nobody
#: knows; times the full gain that would be more torque than friction. The feed-forward is whole.
GAIN_SHARE = 0.25


@dataclass(frozen=True)
class Controller:
    """Gains and limits of all joints, (n,) each."""

    names: tuple[str, ...]
    kp: Matrix
    kd: Matrix
    limit: Matrix

    def torque(
        self,
        position: Matrix,
        velocity: Matrix,
        reference: Matrix,
        reference_velocity: Matrix,
        feed: Matrix,
    ) -> Matrix:
        """Give the controller's torque in Nm; all arguments and the result are (..., n)."""
        push = self.kp * (reference - position) + self.kd * (reference_velocity - velocity)
        return np.clip(push + feed, -self.limit, self.limit)


def controller_of(arm: ArmConfig) -> Controller:
    """Make the controller that the world file configures."""
    return Controller(
        arm.joint_names,
        GAIN_SHARE * np.array([drive.kp for drive in arm.drives]),
        GAIN_SHARE**0.5 * np.array([drive.kd for drive in arm.drives]),
        np.array([joint.effort_nm for joint in arm.joints]),
    )
