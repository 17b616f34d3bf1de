"""What the dashboard listens to only while somebody looks at the page: pictures, joints, forecast.

Messages come in as bytes. A joint driver may send a thousand a second, the page draws 25 of them;
only those are decoded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.serialization import deserialize_message
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image, JointState
from trajectory_msgs.msg import JointTrajectory

from factory_perception.bridge.image_msgs import read_image
from factory_perception.bridge.page_msgs import read_forecast, read_joints
from factory_perception.bridge.stamps import peek_stamp_ns, stamp_ns, StampError
from factory_perception.page.board import Board
from factory_perception.page.joint_chart import STEP_NS
from factory_perception.page.pictures import PictureFeed

#: The forecast and the edges of its band, by the curve that each becomes.
FORECAST_TOPICS = {
    'forecast': 'motion_predictor/forecast',
    'low': 'motion_predictor/forecast_lower',
    'high': 'motion_predictor/forecast_upper',
}


class CurveInputs:
    """Subscriptions to the joints and their forecasts; gone again after ``close``."""

    def __init__(self, node: Node, board: Board) -> None:
        self._node = node
        self._board = board
        qos = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._subscriptions = [self._listen(JointState, 'joint_states', qos, self._on_joints)]
        for curve, topic in FORECAST_TOPICS.items():
            self._subscriptions.append(
                self._listen(JointTrajectory, topic, qos, self._to_curve(curve))
            )

    def _listen(
        self, kind: type, topic: str, qos: QoSProfile, take: Callable[[Any], None]
    ) -> Subscription:
        last_ns = 0

        def on_bytes(data: bytes) -> None:
            nonlocal last_ns
            try:
                now_ns = peek_stamp_ns(data)
                if 0 <= now_ns - last_ns < STEP_NS:
                    return
                last_ns = now_ns
                take(deserialize_message(data, kind))
            except ValueError as error:
                self._node.get_logger().warning(f'{topic}: {error}', once=True)

        return self._node.create_subscription(kind, topic, on_bytes, qos, raw=True)

    def _on_joints(self, message: JointState) -> None:
        self._board.measure(read_joints(message))

    def _to_curve(self, curve: str) -> Callable[[JointTrajectory], None]:
        return lambda message: self._board.forecast(read_forecast(message), curve)

    def close(self) -> None:
        """Stop listening."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)


class PictureInput:
    """Subscription to one camera; gone again after ``close``."""

    def __init__(self, node: Node, camera: str, transport: str, feed: PictureFeed) -> None:
        self._node = node
        self._feed = feed
        base = f'{camera}/image' if camera else 'image'
        topic = node.resolve_topic_name(base) + ('/compressed' if transport != 'raw' else '')
        self._subscription = node.create_subscription(
            Image if transport == 'raw' else CompressedImage,
            topic,
            self._on_image,
            QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT),
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
        )

    def _on_image(self, message: Image | CompressedImage) -> None:
        try:
            stamp = stamp_ns(message.header.stamp)
        except StampError as error:
            self._feed.trouble = str(error)
            return
        self._feed.add_picture(stamp, lambda: read_image(message))

    def close(self) -> None:
        """Stop listening and forget the pictures."""
        self._node.destroy_subscription(self._subscription)
        self._feed.clear()
