"""The part of the sampler that watches joints: what it hears, and what it writes."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from factory_perception.bridge.fault_events import read_news
from factory_perception.bridge.stamps import peek_stamp_ns, StampError
from factory_perception.motion.joint_sample import JointSample
from factory_perception.motion.window_file import window_csv
from factory_perception.motion.window_folder import WindowFolder
from factory_perception.motion.window_keeper import Window, WindowKeeper
from factory_perception.nodes.joint_input import DEPTH


class JointSampler:
    """Remembers joint states as bytes; reads them only when a window is kept."""

    def __init__(self, node: Node, keeper: WindowKeeper, keep: Callable[[Window], object]) -> None:
        """Listen; ``keep`` is called with each window in the thread of the node."""
        self._node, self._keeper, self._keep = node, keeper, keep
        #: Whether a joint state has come.
        self.heard = False
        best_effort = QoSProfile(depth=DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT)
        latched = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        events = 'fault_diagnoser/events'
        self._inputs: list[Subscription] = [
            node.create_subscription(
                JointState, 'joint_states', self._on_joints, best_effort, raw=True
            ),
            node.create_subscription(String, events, self._on_event, latched),
        ]

    def _on_joints(self, data: bytes) -> None:
        self.heard = True
        now_ns = self._node.get_clock().now().nanoseconds
        try:
            window = self._keeper.add(peek_stamp_ns(data) or now_ns, data)
        except StampError as error:
            self._node.get_logger().warning(f'joint states left out: {error}', once=True)
            return
        if window is not None:
            self._keep(window)

    def _on_event(self, message: String) -> None:
        try:
            news = read_news(message.data, self._node.get_clock().now().nanoseconds)
        except ValueError as error:
            self._node.get_logger().warning(f'an event is left out: {error}', once=True)
            return
        if news.domain == 'joint':
            self._keeper.news(news.change, news.part, news.fault, news.time_ns, news.onset_ns)

    def close(self) -> None:
        """Stop listening."""
        for subscription in self._inputs:
            self._node.destroy_subscription(subscription)


def write_window(folder: WindowFolder, window: Window) -> None:
    """Write a window into the folder.

    Raises:
        OSError: it cannot be written.
        ValueError: no sample of it names a joint.
    """
    samples = [_sample(stamp_ns, data) for stamp_ns, data in window.samples]
    folder.add(window.samples[0][0], window_csv(samples, window.labels))


def _sample(stamp_ns: int, data: bytes) -> JointSample:
    message = deserialize_message(data, JointState)
    return JointSample(
        stamp_ns, message.name, message.position, message.velocity, message.effort, stamp_ns
    )
