"""One joint state, wherever it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from factory_perception.motion.joint_reader import Numbers


class JointSample(NamedTuple):
    """What the joints of a robot did at a time.

    Attributes:
        stamp_ns: of its header; 0 says that nobody set it.
        names: its joints, in any order; others may be among them.
        position: rad or m, one a name.
        velocity: rad/s or m/s, one a name, or empty.
        effort: Nm, N or A, one a name, or empty.
        received_ns: when it arrived, on the clock of the node or of the recorder.
    """

    stamp_ns: int
    names: Sequence[str]
    position: Numbers
    velocity: Numbers
    effort: Numbers
    received_ns: int

    @property
    def time_ns(self) -> int:
        """Give its stamp, or where it has none when it arrived."""
        return self.stamp_ns or self.received_ns


class RecordedSample(NamedTuple):
    """A recorded joint state: of a robot, or of what its controller wanted (``is_reference``)."""

    sample: JointSample
    is_reference: bool
