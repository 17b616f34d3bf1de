"""A recorder of topics into an MCAP bag, as ``record:=true`` would leave it, without rosbag2."""

from __future__ import annotations

import os
from pathlib import Path
import sys
import threading
import time

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rosbags.rosbag2 import Writer
from rosbags.rosbag2.enums import StoragePlugin
from rosbags.typesys import get_types_from_msg, get_typestore, Stores
import yaml

from factory_perception.bridge.bags import message_class

ROOT = Path(__file__).resolve().parents[1]
TOPICS = yaml.safe_load((ROOT / 'config' / 'record.yaml').read_text())


def typestore():
    """Give the types of Jazzy, with those of vision_msgs."""
    store = get_typestore(Stores.ROS2_JAZZY)
    prefixes = [*os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep), sys.prefix]
    folders = [Path(prefix) / 'share' / 'vision_msgs' / 'msg' for prefix in prefixes if prefix]
    for path in next(folder for folder in folders if folder.is_dir()).glob('*.msg'):
        store.register(get_types_from_msg(path.read_text(), f'vision_msgs/msg/{path.stem}'))
    return store


class Recorder(Node):
    """Records the topics of ``config/record.yaml`` that are there, from when they are there."""

    def __init__(self, bag: Path, **options) -> None:
        super().__init__('recorder', **options)
        self._writer = Writer(bag, version=9, storage_plugin=StoragePlugin.MCAP)
        self._writer.open()
        self._store = typestore()
        self._lock, self._done = threading.Lock(), False
        self.counts: dict[str, int] = {}
        self.look()

    def look(self) -> None:
        """Subscribe to what has appeared."""
        there = dict(self.get_topic_names_and_types())
        for topic, qos in TOPICS.items():
            if topic in there and topic not in self.counts:
                self._listen(topic, there[topic][0], qos)

    def _listen(self, topic: str, kind: str, qos: dict) -> None:
        with self._lock:  # messages of other topics are written meanwhile, into the same chunk
            connection = self._writer.add_connection(topic, kind, typestore=self._store)
        self.counts[topic] = 0

        def write(data: bytes) -> None:
            with self._lock:
                if not self._done:
                    self._writer.write(connection, time.time_ns(), data)
                    self.counts[topic] += 1

        profile = QoSProfile(
            depth=qos['depth'],
            reliability=ReliabilityPolicy[qos['reliability'].upper()],
            durability=DurabilityPolicy[qos.get('durability', 'volatile').upper()],
        )
        self.create_subscription(message_class(kind), topic, write, profile, raw=True)

    def finish(self) -> None:
        """Write the end of the bag."""
        with self._lock:
            self._done = True
            self._writer.close()
