"""What neighbours without ROS want to know: parts, counts, events, the worst health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from vision_msgs.msg import LabelInfo

from factory_perception.bridge.page_msgs import read_health
from factory_perception.nodes.part_counter import PartCounter
from factory_perception.page.facts import Health, Seen
from factory_perception.vision.tally import Counts, PartVerdict

#: Health that was not renewed for so long does not count any more.
_STALE_S = 5.0
#: Names come from the network.
_MOST_STATUSES = 1000


@dataclass(frozen=True)
class NewsHandlers:
    """What to do with each kind of news."""

    parts: Callable[[str, list[PartVerdict], Counts], None]
    event: Callable[[str], None]


class CellNews:
    """Listens to detections, label_info, events and diagnostics."""

    def __init__(
        self, node: Node, cameras: Sequence[str], defects: Sequence[str], handlers: NewsHandlers
    ) -> None:
        """Subscribe.

        Args:
            node: the node that listens.
            cameras: names of the cameras, [''] for a single one.
            defects: classes that are defects; empty: those that the detector reports.
            handlers: called in the node's thread.
        """
        self._node = node
        self._handlers = handlers
        self._given = [name for name in defects if name]
        self._health: dict[str, tuple[float, Health]] = {}
        self._counters = {camera: PartCounter(node, camera, self._on_seen) for camera in cameras}
        if self._given:
            self._set_defects(self._given)
        latched = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        listen = node.create_subscription
        self._inputs: list[Any] = [
            listen(DiagnosticArray, '/diagnostics', self._on_health, 50),
            listen(String, 'fault_diagnoser/events', self._on_event, latched),
            listen(LabelInfo, 'detector/label_info', self._on_labels, latched),
        ]

    def worst(self) -> Health:
        """Give the worst status that is known now."""
        now = time.monotonic()
        fresh = [status for heard, status in self._health.values() if now - heard < _STALE_S]
        return max(fresh, key=lambda status: status.level, default=Health('', 0, 'nothing heard'))

    def close(self) -> None:
        """Stop listening."""
        for counter in self._counters.values():
            counter.close()
        for subscription in self._inputs:
            self._node.destroy_subscription(subscription)

    def _on_seen(self, camera: str, seen: Seen, verdicts: list[PartVerdict]) -> None:
        if verdicts:
            self._handlers.parts(camera, verdicts, self._counters[camera].counts)

    def _on_event(self, message: String) -> None:
        self._handlers.event(message.data)

    def _on_labels(self, message: LabelInfo) -> None:
        for counter in self._counters.values():
            counter.set_classes([item.class_name for item in message.class_map])

    def _on_health(self, message: DiagnosticArray) -> None:
        now = time.monotonic()
        own = f'{self._node.get_name()}: '
        for status in read_health(message):
            room = status.name in self._health or len(self._health) < _MOST_STATUSES
            if room and not status.name.startswith(own):
                self._health[status.name] = (now, status)
            if not self._given and 'defects' in status.values:
                self._set_defects(status.values['defects'].split(', '))

    def _set_defects(self, names: Sequence[str]) -> None:
        for counter in self._counters.values():
            counter.defects = [name for name in names if name]
