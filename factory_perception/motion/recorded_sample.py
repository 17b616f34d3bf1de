"""One recorded joint state, as it was published."""

from __future__ import annotations

from typing import NamedTuple

from factory_perception.motion.joint_reader import Numbers


class RecordedSample(NamedTuple):
    """A joint state of a robot, or what its controller wanted (``is_reference``).

    ``stamp_ns`` is that of its header, 0 where nobody set it; ``received_ns`` is when the recorder
    received it. Values stand in the order of ``names``; velocity and effort may be empty.
    """

    stamp_ns: int
    received_ns: int
    names: tuple[str, ...]
    position: Numbers
    velocity: Numbers
    effort: Numbers
    is_reference: bool
