"""Joint states out of recorded ROS 2 bags: sqlite3 (.db3) or MCAP, folders or single files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factory_perception.motion.joint_table import JointTable
from factory_perception.training.datasets.folder import DataFolder, parent
from factory_perception.training.datasets.part_names import part_of_path
from factory_perception.training.datasets.problems import bad, DatasetError, Problems
from factory_perception.training.datasets.series import Recording
from factory_perception.training.datasets.series_set import SeriesIndex, Source

NAME = 'bag_series'
TASKS: tuple[str, ...] = ('forecast',)
LOOKS_FOR = '<bag>/metadata.yaml with .mcap or .db3 files, or such files alone, with joint states'
_ENDINGS = ('.mcap', '.db3')
_TYPE = 'sensor_msgs/msg/JointState'
#: Joint states that no robot measured: what a controller wanted, what a forecast missed.
_NOT_MEASURED = ('/joint_reference', '/residual')


def sign(folder: DataFolder) -> str | None:
    """Say why a folder looks like this format."""
    bags = _bags(folder)
    names = [bag if bag != '.' else folder.root.name for bag in bags]
    return f'{len(bags)} bags: {", ".join(names[:4])}' if bags else None


def _bags(folder: DataFolder) -> dict[str, list[str]]:
    """Give each bag and its files: a folder with metadata.yaml is one, else every file is."""
    found: dict[str, list[str]] = {}
    for name in folder.files:
        if name.endswith(_ENDINGS):
            whole = not folder.single and f'{parent(name)}/metadata.yaml'.lstrip('/') in folder
            found.setdefault((parent(name) or '.') if whole else name, []).append(name)
    return found


def read(folder: DataFolder, task: str, problems: Problems) -> SeriesIndex:
    """List every topic of measured joint states of every bag as a recording."""
    sources = []
    for bag, files in _bags(folder).items():
        try:
            with _open(folder.path(bag)) as reader:
                topics = {one.topic: one.msgcount for one in reader.connections
                          if one.msgtype == _TYPE
                          and not one.topic.endswith(_NOT_MEASURED)}  # fmt: skip
            if not topics:
                raise bad('recording-missing', f'has no topic of {_TYPE}', 'remove it')
        except DatasetError as error:
            problems.caught(error, files[0], record=bag)
            continue
        for topic, count in topics.items():
            short = re.sub(r'\.(mcap|db3)$', '', bag) if bag != '.' else folder.root.name
            name = short if len(topics) == 1 else f'{short}:{topic}'
            load = partial(read_topic, folder.path(bag), topic, name)
            meta = f'{bag}/metadata.yaml'.removeprefix('./')
            paths = tuple(folder.path(name) for name in (*files, meta) if name in folder)
            part = part_of_path(parent(bag))
            sources.append(Source(name, files[0], load, bag, paths, count, part))
    return SeriesIndex(task, (), tuple(sources))


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    from rosbags.highlevel import AnyReader
    from rosbags.typesys import get_typestore, Stores

    try:
        with AnyReader([path], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
            yield reader
    except DatasetError:
        raise
    except Exception as error:  # a broken bag raises whatever its storage raises
        raise bad('bag', f'is no readable bag: {error}', 'run ros2 bag reindex on it') from error


def read_topic(path: Path, topic: str, name: str) -> Recording:
    """Read one topic of joint states; joints are told apart by name, in any order and number.

    Times are those of the headers where these rise, else those at which the recorder received the
    messages; in seconds since the first.

    Raises:
        DatasetError: the bag or a message is broken.
    """
    stamps, received, messages = [], [], []
    with _open(path) as reader:
        wanted = [one for one in reader.connections if one.topic == topic]
        for connection, time_ns, data in reader.messages(connections=wanted):
            message = reader.deserialize(data, connection.msgtype)
            stamp = message.header.stamp
            stamps.append(stamp.sec * 1_000_000_000 + stamp.nanosec)
            received.append(time_ns)
            messages.append(message)
    names = tuple(dict.fromkeys(str(one) for message in messages for one in message.name))
    if not names:
        raise bad('recording-missing', f'{topic} has no joint', 'remove it')
    places = {one: place for place, one in enumerate(names)}
    tables = {kind: _table(messages, kind, places) for kind in ('position', 'velocity', 'effort')}
    rising = len(stamps) > 1 and (np.diff(stamps) >= 0).all() and stamps[-1] > stamps[0]
    time_ns_of = np.array(stamps if rising else received, np.int64)
    time_s = (time_ns_of - time_ns_of[0]) * 1e-9
    facts = {'topic': topic, 'clock': 'header' if rising else 'recorder'}
    joints = JointTable(names, time_s, tables['position'], tables['velocity'], tables['effort'])
    return Recording(name, joints, facts=facts)


def _table(messages: list[Any], kind: str, places: dict[str, int]) -> NDArray[np.float64]:
    """Gather one quantity ``(T, J)``; what a message does not hold is NaN."""
    table = np.full((len(messages), len(places)), np.nan)
    for row, message in enumerate(messages):
        values = getattr(message, kind)
        if len(values) == 0:
            continue
        if len(values) != len(message.name):
            text = f'message {row} has {len(message.name)} joints, but {len(values)} of {kind}'
            raise bad('columns', text, 'record it again')
        table[row, [places[str(one)] for one in message.name]] = values
    return table
