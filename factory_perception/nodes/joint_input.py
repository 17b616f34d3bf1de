"""The joint states of one robot: the subscription, and an eye on whether samples arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import JointState

from factory_perception.bridge.joint_bytes import JointBytes, JointBytesError, JointReading
from factory_perception.deployment import profile_path
from factory_perception.nodes.joint_health import JointHealth
from factory_perception.nodes.silence import explain_silence

#: Samples that wait while the node is busy: a fifth of a second of the fastest robots.
DEPTH = 200


class JointInput:
    """Listens to one robot and hands each sample to ``receive``; best effort fits everyone."""

    def __init__(
        self, node: Node, topic: str, health: JointHealth, receive: Callable[[JointReading], None]
    ) -> None:
        """Subscribe; ``topic`` is resolved already."""
        self._node, self._health, self._receive = node, health, receive
        self._bytes = JointBytes(lambda data: deserialize_message(data, JointState))
        self.topic = topic
        self.qos = QoSProfile(depth=DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._subscription = node.create_subscription(
            JointState,
            topic,
            self._on_bytes,
            self.qos,
            event_callbacks=SubscriptionEventCallbacks(
                incompatible_qos=self._on_incompatible, message_lost=self._on_lost
            ),
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
            raw=True,
        )

    def _on_bytes(self, data: bytes) -> None:
        try:
            reading = self._bytes.read(data)
        except JointBytesError as error:
            self.refuse(error)
        else:
            self._receive(reading)

    def refuse(self, error: Exception) -> None:
        """Count a sample that is none, and say why if that is news."""
        if self._health.count_rejected(str(error)):
            self._node.get_logger().warning(f'{self.topic}: {error}')

    def _on_lost(self, event: Any) -> None:
        self._health.lost += event.total_count_change

    def _on_incompatible(self, event: Any) -> None:
        self._node.get_logger().warning(self.explain())

    def explain(self) -> str:
        """Say why nothing arrives."""
        kind = 'sensor_msgs/msg/JointState'
        return explain_silence(self._node, self.topic, kind, self.qos, profile_path())

    def publishers(self) -> list[str]:
        """Name whoever publishes on the topic."""
        ends = self._node.get_publishers_info_by_topic(self.topic)
        return sorted(f'{end.node_namespace.rstrip("/")}/{end.node_name}' for end in ends)

    def close(self) -> None:
        """Stop listening."""
        self._node.destroy_subscription(self._subscription)
