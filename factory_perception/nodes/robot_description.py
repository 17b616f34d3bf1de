"""The robot description of a node: a parameter, or the latched topic ``robot_description``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.subscription import Subscription
from std_msgs.msg import String

from factory_perception.motion.chain import Chain, ChainError, read_chain

_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class RobotDescription:
    """Finds the chain of some joints in the description, as soon as there is one."""

    def __init__(
        self, node: Node, joints: Sequence[str], tip: str, take: Callable[[Chain], None]
    ) -> None:
        """Take the joints, the link at the end of the chain, and what to do with the chain."""
        self._node, self._joints, self._tip, self._take = node, joints, tip, take
        self._input: Subscription | None = None
        #: Why there is no chain, or ''.
        self.trouble = ''

    def read(self, urdf: str) -> None:
        """Find the chain."""
        try:
            chain = read_chain(urdf, self._joints, self._tip)
        except ChainError as error:
            self.trouble = str(error)
            self._node.get_logger().warning(f'no markers: {error}')
            return
        self.trouble = ''
        self._take(chain)

    def listen(self) -> None:
        """Wait for a description on the topic."""

        def on_description(message: String) -> None:
            self.read(message.data)

        self._input = self._node.create_subscription(
            String, 'robot_description', on_description, _LATCHED
        )

    def close(self) -> None:
        """Stop listening."""
        if self._input is not None:
            self._node.destroy_subscription(self._input)
            self._input = None
