"""What can be replayed: each kind of material as a stream of messages with their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header

from factory_perception.bridge.bags import (
    BAG_SUFFIXES,
    bag_topics,
    message_class,
    read_bag,
    Recorded,
    restamp,
    starts_with_header,
)
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import to_stamp
from factory_perception.motion.joint_table import read_joint_csv
from factory_perception.vision.pictures import (
    Picture,
    PictureError,
    read_folder,
    read_video,
    VIDEO_SUFFIXES,
)

#: Pictures a second of a folder for which nothing else is said.
FOLDER_FPS = 10.0


class SourceError(ValueError):
    """Material that cannot be replayed; the text names it and what can be."""


@dataclass(frozen=True)
class Item:
    """One message to send: when, where, and how to make it for a given stamp."""

    #: In the material's own clock.
    time_ns: int
    topic: str
    #: Takes the header stamp, ``None`` for the recorded one; gives a message or CDR bytes.
    make: Callable[[int | None], Any]


@dataclass(frozen=True)
class Source:
    """Material with the topics that it fills."""

    topics: dict[str, type]
    #: Begins anew at each call.
    read: Callable[[], Iterator[Item]]


def open_source(path: Path, frame_id: str, fps: float) -> Source:
    """Open a folder of pictures, a video, a CSV of joints, or a rosbag2.

    Args:
        path: the material.
        frame_id: for the headers of pictures and joints.
        fps: frame rate of pictures; 0 takes a video's own, ``FOLDER_FPS`` for a folder.

    Raises:
        SourceError: there is no such thing, or it is none of the kinds.
    """
    if not path.exists():
        raise SourceError(f'{path} does not exist')
    suffix = path.suffix.lower()
    if suffix in BAG_SUFFIXES or (path / 'metadata.yaml').is_file():
        return _bag(path)
    if path.is_dir():
        return _pictures(lambda: read_folder(path, fps or FOLDER_FPS), frame_id)
    if suffix in VIDEO_SUFFIXES:
        return _pictures(lambda: read_video(path, fps), frame_id)
    if suffix == '.csv':
        return _joints(path, frame_id)
    raise SourceError(
        f'{path} is no folder of pictures, video ({", ".join(VIDEO_SUFFIXES)}), .csv of joints, or '
        f'bag ({", ".join(BAG_SUFFIXES)})'
    )


def _header(stamp_ns: int | None, own_ns: int, frame_id: str) -> Header:
    return Header(stamp=to_stamp(own_ns if stamp_ns is None else stamp_ns), frame_id=frame_id)


def _pictures(read: Callable[[], Iterator[Picture]], frame_id: str) -> Source:
    def item(picture: Picture) -> Item:
        time_ns = round(picture.time_s * 1e9)
        return Item(
            time_ns,
            'image',
            lambda stamp: write_image(picture.image_bgr, 'bgr8', _header(stamp, time_ns, frame_id)),
        )

    try:
        next(iter(read()))  # a broken source is told at once, not when its turn comes
    except PictureError as error:
        raise SourceError(str(error)) from error
    return Source({'image': Image}, lambda: map(item, read()))


def _joints(path: Path, frame_id: str) -> Source:
    table = read_joint_csv(path)

    def items() -> Iterator[Item]:
        for index, time_s in enumerate(table.time_s):
            time_ns = round(float(time_s) * 1e9)
            yield Item(
                time_ns,
                'joint_states',
                lambda stamp, row=index, own=time_ns: write_joint_state(  # type: ignore[misc]
                    table.names,
                    table.position[row],
                    table.velocity[row],
                    table.effort[row],
                    _header(stamp, own, frame_id),
                ),
            )

    return Source({'joint_states': JointState}, items)


def _bag(path: Path) -> Source:
    topics = {topic: message_class(name) for topic, name in bag_topics(path).items()}
    stamped = {topic: starts_with_header(kind) for topic, kind in topics.items()}

    def item(recorded: Recorded) -> Item:
        def make(stamp: int | None) -> bytes:
            if stamp is None or not stamped[recorded.topic]:
                return recorded.data
            return restamp(recorded.data, stamp)

        return Item(recorded.time_ns, recorded.topic, make)

    return Source(topics, lambda: map(item, read_bag(path)))
