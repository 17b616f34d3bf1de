"""Joint states from their bytes: a message object for each of hundreds a second is dear.

A robot says all the time which joints it has; only the numbers change. So the first message is read
by the middleware, and where its numbers lie is remembered; from a message whose other bytes are the
same only the numbers are taken. Every other one is read by the middleware again.

The bytes are CDR (OMG DDS-XTypes, plain encoding): four that name the encoding, then the fields of
``sensor_msgs/JointState``, each aligned to its size. Bytes between them may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import JointState

from factory_perception.bridge.stamps import join_stamp, peek_stamp
from factory_perception.motion.joint_sample import JointSample

_BEGIN, _STAMP_SIZE, _LITTLE_ENDIAN = 4, 8, 1
_DOUBLE = np.dtype('<f8')


class JointBytesError(ValueError):
    """Bytes that are no joint state."""


class JointReading(NamedTuple):
    """What a joint state says; a quantity is float64 ``(J,)``, or empty."""

    seconds: int
    rest_ns: int
    frame_id: str
    names: Sequence[str]
    position: NDArray[np.float64]
    velocity: NDArray[np.float64]
    effort: NDArray[np.float64]

    def sample(self, received_ns: int) -> JointSample:
        """Give it as a sample that arrived at a time.

        Raises:
            StampError: its stamp is impossible.
        """
        stamp_ns = join_stamp(self.seconds, self.rest_ns)
        return JointSample(
            stamp_ns, self.names, self.position, self.velocity, self.effort, received_ns
        )


class JointBytes:
    """Reads the joint states of one topic, used by one thread."""

    def __init__(self, parse: Callable[[bytes], JointState]) -> None:
        """Take how the middleware reads; it raises RuntimeError about what is no message."""
        self._parse = parse
        self._layout: _Layout | None = None

    def read(self, data: bytes) -> JointReading:
        """Give what a serialised ``sensor_msgs/JointState`` says.

        The arrays may be views of ``data``, read only.

        Raises:
            JointBytesError: it is none.
        """
        if self._layout is not None and self._layout.fits(data):
            return self._layout.read(data)
        try:
            message = self._parse(data)
        except RuntimeError as error:
            raise JointBytesError(
                f'{len(data)} bytes are no sensor_msgs/msg/JointState: {error}'
            ) from error
        self._layout = _Layout(message) if data[1] == _LITTLE_ENDIAN else None
        stamp = message.header.stamp
        arrays = (np.asarray(a, np.float64) for a in _quantities(message))
        return JointReading(
            stamp.sec, stamp.nanosec, message.header.frame_id, message.name, *arrays
        )


class _Layout:
    """Where everything stands in messages with these joints."""

    def __init__(self, message: JointState) -> None:
        self._frame_id, self._names = message.header.frame_id, message.name
        self._fixed: list[tuple[int, int, bytes]] = []
        self._numbers: list[tuple[int, int]] = []
        self._end = _BEGIN + _STAMP_SIZE
        self._text(message.header.frame_id)
        self._count(len(message.name))
        for name in message.name:
            self._text(name)
        for values in _quantities(message):
            self._count(len(values))
            if len(values):
                start = self._align(8)
                self._numbers.append((len(values), start))
                self._end = start + 8 * len(values)
            else:
                self._numbers.append((0, 0))

    def fits(self, data: bytes) -> bool:
        """Say whether all but the stamp and the numbers is as it was."""
        # Some writers leave room at the end, for alignments that were not needed.
        if len(data) < self._end or data[1] != _LITTLE_ENDIAN:
            return False
        for start, end, what in self._fixed:  # noqa: SIM110, a generator costs more
            if data[start:end] != what:
                return False
        return True

    def read(self, data: bytes) -> JointReading:
        """Give the stamp and the numbers of a message that fits."""
        seconds, rest_ns = peek_stamp(data)
        position, velocity, effort = (
            np.frombuffer(data, _DOUBLE, count, start) for count, start in self._numbers
        )
        return JointReading(
            seconds, rest_ns, self._frame_id, self._names, position, velocity, effort
        )

    def _align(self, size: int) -> int:
        return _BEGIN + -(-(self._end - _BEGIN) // size) * size

    def _count(self, number: int) -> None:
        self._expect(struct.pack('<I', number))

    def _text(self, text: str) -> None:
        encoded = text.encode() + b'\0'
        self._expect(struct.pack('<I', len(encoded)) + encoded)

    def _expect(self, what: bytes) -> None:
        start = self._align(4)
        self._end = start + len(what)
        if self._fixed and self._fixed[-1][1] == start:  # nothing between: one comparison for both
            start, _, before = self._fixed.pop()
            what = before + what
        self._fixed.append((start, self._end, what))


def _quantities(message: JointState) -> tuple[Sequence[float], ...]:
    return message.position, message.velocity, message.effort
