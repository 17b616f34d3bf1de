"""The driver of the arm in Gazebo: sends it motions, publishes joint states with their effort.

Gazebo's own joint states have no effort. The controller in the world is position gain, velocity
gain and feed-forward, so that this node, which sends the trajectories, knows the torque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, ClassVar

import numpy as np
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.gazebo_msgs import JointError, read_arm, write_trajectory
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.cell.config import load_config
from factory_perception.cell.gazebo.controller import controller_of
from factory_perception.cell.gazebo.motion_plan import Motion, MotionPlanner, POINT_S
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run

#: Older Gazebo publishes a thousand a second; so many wait while a motion is planned.
DEPTH = 1000
#: The arm comes to rest for so long after a motion before the next one is sent.
REST_S = 0.1


@dataclass(frozen=True)
class JointStateFuserParameters(NodeParameters):
    """What can be set on the driver of Gazebo's arm."""

    cell_file: str = parameter('', 'The cell.yaml that the world was made from; empty: shipped.')
    seed: int = parameter(0, 'Another seed, other motions.', low=0)
    delay: float = parameter(
        0.004,
        'Seconds of simulated time from sending a trajectory to its start.',
        low=0.0,
        high=0.5,
        live=True,
    )


class JointStateFuserNode(PerceptionNode[JointStateFuserParameters]):
    """Takes ``~/raw``, gives ``joint_states`` at the arm's rate and ``~/trajectory``."""

    table: ClassVar[type] = JointStateFuserParameters

    def __init__(self, name: str = 'joint_state_fuser', **options: Any) -> None:
        self._motion: Motion | None = None
        self._start_ns = self._last_ns = 0
        self._published = self._motions = self._foreign = 0
        self._input: Any = None
        super().__init__(name, **options)

    def configure(self) -> None:
        """Read the cell, create the topics."""
        cell_file = self.values.cell_file
        config = load_config(Path(cell_file).expanduser() if cell_file else None)
        self._config = config
        self._controller = controller_of(config.arm)
        self._planner = MotionPlanner(config, self.values.seed)
        self._period_ns = round(1e9 / config.arm.rate_hz)
        self._joints = self.create_publisher(JointState, 'joint_states', QoSProfile(depth=50))
        self._reference = self.create_publisher(
            JointState, 'cell/joint_reference', QoSProfile(depth=50)
        )
        self._trajectory = self.create_publisher(
            JointTrajectory, '~/trajectory', QoSProfile(depth=2)
        )

    def activate(self) -> None:
        """Listen to Gazebo."""
        self._motion, self._start_ns, self._last_ns = None, 0, 0
        self._input = self.create_subscription(JointState, '~/raw', self._on_state, DEPTH)

    def deactivate(self) -> None:
        """Stop listening; the arm ends its motion and stands."""
        if self._input is not None:
            self.destroy_subscription(self._input)
            self._input = None

    def cleanup(self) -> None:
        """Take the topics away."""
        for name in ('_joints', '_reference', '_trajectory'):
            if hasattr(self, name):
                self.destroy_publisher(getattr(self, name))
                delattr(self, name)

    def _on_state(self, message: JointState) -> None:
        now_ns = stamp_ns(message.header.stamp)
        if now_ns < self._last_ns:  # the world was reset
            self._motion, self._last_ns = None, 0
        if now_ns - self._last_ns < self._period_ns:
            return  # older Gazebo publishes every step
        try:
            position, velocity = read_arm(message, self._controller.names)
        except JointError as error:
            self._foreign += 1
            self.get_logger().warning(str(error), once=True)
            return
        self._last_ns = now_ns
        if self._is_over(now_ns):
            self._send(now_ns, position)
        self._publish(message, now_ns, position, velocity)

    def _is_over(self, now_ns: int) -> bool:
        if self._motion is None:
            return True
        return now_ns > self._start_ns + (self._motion.duration_s + REST_S) * 1e9

    def _send(self, now_ns: int, position: np.ndarray) -> None:
        self._motion = motion = self._planner.next(position)
        self._start_ns = now_ns + round(self.values.delay * 1e9)
        self._trajectory.publish(
            write_trajectory(
                self._controller.names, POINT_S, motion.position, motion.velocity, motion.feed
            )
        )
        self._motions += 1

    def _publish(
        self, message: JointState, now_ns: int, position: np.ndarray, velocity: np.ndarray
    ) -> None:
        assert self._motion is not None
        wanted, wanted_velocity, feed = self._motion.at((now_ns - self._start_ns) / 1e9)
        effort = self._controller.torque(position, velocity, wanted, wanted_velocity, feed)
        header = message.header
        header.frame_id = self._config.world_frame
        names = self._controller.names
        self._joints.publish(write_joint_state(names, position, velocity, effort, header))
        if self._reference.get_subscription_count():
            self._reference.publish(
                write_joint_state(names, wanted, wanted_velocity, effort[:0], header)
            )
        self._published += 1

    def health(self) -> Sequence[Status]:
        """Report what was published; silence of Gazebo is an error."""
        values = {
            'published': self._published,
            'motions': self._motions,
            'foreign': self._foreign,
        }
        if not self._published:
            text = f'nothing from Gazebo on {self.resolve_topic_name("~/raw")}: does it run?'
            return [Status('arm', Level.ERROR, text, values)]
        return [Status('arm', Level.OK, 'running', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(JointStateFuserNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
