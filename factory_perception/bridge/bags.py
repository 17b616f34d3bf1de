"""Recorded topics from a rosbag2 (sqlite3 or MCAP), as the bytes that were on the wire."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
import re
import struct
from typing import Any

#: Files that hold a whole bag.
BAG_SUFFIXES = ('.mcap', '.db3')
_HEADER_TYPE = 'std_msgs/msg/Header'


class BagError(ValueError):
    """A bag that cannot be read; the text names it and the mend."""


@dataclass(frozen=True)
class Recorded:
    """One recorded message: CDR bytes, and when the recorder received it."""

    topic: str
    type_name: str
    time_ns: int
    data: bytes


def message_class(type_name: str) -> type:
    """Give the Python class of ``package/msg/Name``.

    Raises:
        BagError: its package is not installed.
    """
    match = re.fullmatch(r'([a-z][a-z0-9_]*)/msg/([A-Z][A-Za-z0-9]*)', type_name)
    if match is None:
        raise BagError(f'"{type_name[:80]}" is no name of a message type')
    try:
        found: type = getattr(import_module(f'{match[1]}.msg'), match[2])
    except (ImportError, AttributeError) as error:
        raise BagError(f'{type_name} is not installed: install the package {match[1]}') from error
    return found


def starts_with_header(kind: type) -> bool:
    """Say whether messages of a class begin with a ``std_msgs/Header``."""
    fields: dict[str, str] = kind.get_fields_and_field_types()  # type: ignore[attr-defined]
    first = next(iter(fields.values()), '')
    return first == _HEADER_TYPE.replace('/msg', '')


def restamp(data: bytes, stamp_ns: int) -> bytes:
    """Replace the header stamp of a message that begins with one.

    In CDR (OMG DDS-XTypes, plain encoding) four bytes name the encoding; seconds and nanoseconds
    follow as two 32-bit numbers.
    """
    order = '<' if data[1] & 1 else '>'
    stamp = struct.pack(f'{order}iI', *divmod(stamp_ns, 1_000_000_000))
    return data[:4] + stamp + data[12:]


@contextmanager
def _reader(path: Path) -> Iterator[Any]:
    from rosbags.highlevel import AnyReader, AnyReaderError
    from rosbags.typesys import get_typestore, Stores

    if not path.exists():
        raise BagError(f'there is no bag {path}')
    try:
        with AnyReader([path], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
            yield reader
    except (AnyReaderError, FileNotFoundError) as error:
        raise BagError(f'{path} is no readable bag: {error}') from error


def bag_topics(path: Path) -> dict[str, str]:
    """Give the topics of a bag and their types.

    Raises:
        BagError: it is no bag.
    """
    with _reader(path) as reader:
        return {connection.topic: connection.msgtype for connection in reader.connections}


def read_messages(path: Path, topics: Collection[str]) -> Iterator[tuple[Recorded, Any]]:
    """Give the messages of some topics in the order of their times, with their fields.

    The fields are decoded by the definitions in the bag: no ROS is needed, and the objects have
    the names of the fields but are not of the classes of ROS.

    Raises:
        BagError: it is no bag, or a message in it is broken.
    """
    with _reader(path) as reader:
        wanted = [one for one in reader.connections if one.topic in topics]
        if not wanted:  # no connections at all would mean every one
            return
        for connection, time_ns, data in reader.messages(connections=wanted):
            try:
                message = reader.deserialize(data, connection.msgtype)
            except Exception as error:  # rosbags raises whatever the broken bytes lead to
                raise BagError(f'{path}: a message of {connection.topic} is broken') from error
            yield Recorded(connection.topic, connection.msgtype, time_ns, bytes(data)), message


def read_bag(path: Path) -> Iterator[Recorded]:
    """Give the messages of a bag in the order of their times.

    Raises:
        BagError: it is no bag.
    """
    with _reader(path) as reader:
        for connection, time_ns, data in reader.messages():
            yield Recorded(connection.topic, connection.msgtype, time_ns, bytes(data))
