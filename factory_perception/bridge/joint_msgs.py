"""``sensor_msgs/JointState`` to arrays and back."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from std_msgs.msg import Header


def write_joint_state(
    names: Sequence[str],
    position: NDArray,
    velocity: NDArray,
    effort: NDArray,
    header: Header,
) -> JointState:
    """Give one sample ``(J,)`` of each quantity as a message; NaN says that a value is unknown."""
    return JointState(
        header=header,
        name=list(names),
        position=position.tolist(),
        velocity=velocity.tolist(),
        effort=effort.tolist(),
    )
