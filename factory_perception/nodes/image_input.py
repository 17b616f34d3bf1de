"""One camera of a node: its subscription, and an eye on whether frames arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from sensor_msgs.msg import CompressedImage, Image

from factory_perception.bridge.diagnostic_msgs import Status
from factory_perception.deployment import profile_path
from factory_perception.nodes.camera_health import CameraHealth
from factory_perception.nodes.silence import explain_silence, PROFILE_HINT

ImageMessage: TypeAlias = 'Image | CompressedImage'


class ImageInput:
    """Listens to one camera and hands each frame to ``receive``.

    Best effort and depth one by default: it fits every publisher, and old frames are worthless.
    """

    def __init__(
        self,
        node: Node,
        camera: str,
        transport: str,
        timeout_s: float,
        receive: Callable[[ImageMessage, int], bool],
    ) -> None:
        """Subscribe.

        Args:
            node: the node that listens.
            camera: prefix of the topic; '' for a node with a single camera.
            transport: ``raw`` or ``compressed``.
            timeout_s: how long silence is normal.
            receive: takes a message and the clock's nanoseconds, tells whether an older one was
                dropped for it.
        """
        self._node = node
        self._clock = node.get_clock()
        self._receive = receive
        base = node.resolve_topic_name(f'{camera}/image' if camera else 'image')
        self._type = Image if transport == 'raw' else CompressedImage
        self.topic = base if transport == 'raw' else f'{base}/compressed'
        self.qos = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        self.health = CameraHealth(camera or 'image', self.topic, timeout_s)
        events = SubscriptionEventCallbacks(
            incompatible_qos=self._on_incompatible, message_lost=self._on_lost
        )
        self._subscription = node.create_subscription(
            self._type,
            self.topic,
            self._on_message,
            self.qos,
            event_callbacks=events,
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
        )

    def _on_message(self, message: ImageMessage) -> None:
        dropped = self._receive(message, self._clock.now().nanoseconds)
        self.health.count_received(dropped)

    def _on_lost(self, event: Any) -> None:
        self.health.counts.lost += event.total_count_change

    def _on_incompatible(self, event: Any) -> None:
        self._node.get_logger().warning(self.explain())

    def explain(self) -> str:
        """Say why nothing arrives."""
        kind = f'sensor_msgs/msg/{self._type.__name__}'
        return explain_silence(self._node, self.topic, kind, self.qos, profile_path())

    def status(self) -> Status:
        """Give the health of this camera."""
        silence = self.explain() if self.health.is_silent else ''
        return self.health.status(silence, PROFILE_HINT.format(profile=profile_path()))

    def close(self) -> None:
        """Stop listening."""
        self._node.destroy_subscription(self._subscription)
