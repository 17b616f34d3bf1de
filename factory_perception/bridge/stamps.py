"""Time stamps of message headers as nanoseconds."""

from __future__ import annotations

import struct

from builtin_interfaces.msg import Time

_SECOND = 1_000_000_000


class StampError(ValueError):
    """A time stamp that is none."""


def stamp_ns(stamp: Time) -> int:
    """Give a stamp as nanoseconds since the epoch of its clock; 0 means that it was never set.

    Raises:
        StampError: negative seconds, or a second and more of nanoseconds.
    """
    return join_stamp(stamp.sec, stamp.nanosec)


def join_stamp(seconds: int, rest_ns: int) -> int:
    """Give the two parts of a stamp as nanoseconds; errors as of ``stamp_ns``."""
    if seconds < 0 or rest_ns >= _SECOND:
        raise StampError(f'impossible time stamp {seconds} s {rest_ns} ns')
    return seconds * _SECOND + rest_ns


def to_stamp(nanoseconds: int) -> Time:
    """Give nanoseconds since the epoch as a stamp."""
    seconds, rest = divmod(nanoseconds, _SECOND)
    return Time(sec=seconds, nanosec=rest)


def peek_stamp_ns(data: bytes) -> int:
    """Give the stamp of ``peek_stamp`` as nanoseconds, possible or not; errors as of it."""
    seconds, rest_ns = peek_stamp(data)
    return seconds * _SECOND + rest_ns


def peek_stamp(data: bytes) -> tuple[int, int]:
    """Give seconds and nanoseconds of a serialised message that begins with a header.

    In CDR (OMG DDS-XTypes, plain encoding) four bytes name the encoding, the second its byte order;
    seconds and nanoseconds follow as 32-bit numbers.

    Raises:
        StampError: the message is too short to have a stamp.
    """
    if len(data) < 12:
        raise StampError(f'a message of {len(data)} bytes has no header')
    seconds, rest_ns = struct.unpack_from('<iI' if data[1] & 1 else '>iI', data, 4)
    return int(seconds), int(rest_ns)
