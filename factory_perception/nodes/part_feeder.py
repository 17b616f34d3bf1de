"""Keeps parts coming in Gazebo: runs the belt, sets parts down at its inlet, takes them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, ClassVar

from nav_msgs.msg import Odometry
from rclpy.qos import QoSProfile
from std_msgs.msg import Float64

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.cell.config import load_config
from factory_perception.cell.gazebo.feeder import Feeder, Move
from factory_perception.cell.gazebo.files import PARTS_FILE
from factory_perception.cell.gazebo.parts_table import read_table
from factory_perception.cell.gazebo.topics import SET_POSE
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.resources import share_folder

#: The belt is told its speed again and again: Gazebo may start later than this node.
SPEED_PERIOD_S = 1.0


@dataclass(frozen=True)
class PartFeederParameters(NodeParameters):
    """What can be set on the feeder of Gazebo's belt."""

    cell_file: str = parameter('', 'The cell.yaml that the world was made from; empty: shipped.')
    parts_file: str = parameter('', 'The table of parts made with the world; empty: shipped.')
    seed: int = parameter(0, 'Another seed, other gaps and lanes.', low=0)
    direction: float = parameter(
        1.0, 'Sign of the belt: -1 where this Gazebo runs it backwards.', low=-1.0, high=1.0
    )


def _set_pose_type() -> Any:
    try:
        from ros_gz_interfaces.srv import SetEntityPose
    except ImportError as error:
        raise ValueError(
            'ros_gz_interfaces is not installed: it comes with ros-$ROS_DISTRO-ros-gz'
        ) from error
    return SetEntityPose


class PartFeederNode(PerceptionNode[PartFeederParameters]):
    """Takes the belt's odometry; gives its speed, and asks Gazebo to move parts."""

    table: ClassVar[type] = PartFeederParameters

    def __init__(self, name: str = 'part_feeder', **options: Any) -> None:
        self._parts: list[tuple[Any, Any]] = []
        self._moved = self._refused = 0
        super().__init__(name, **options)

    def configure(self) -> None:
        """Read the cell and its parts."""
        self._type = _set_pose_type()
        cell_file = self.values.cell_file
        self._config = load_config(Path(cell_file).expanduser() if cell_file else None)
        table = Path(self.values.parts_file or share_folder() / PARTS_FILE).expanduser()
        self._feeder = Feeder(self._config, list(read_table(table).values()), self.values.seed)

    def activate(self) -> None:
        """Run the belt and follow it."""
        self._speed = self.create_publisher(Float64, 'cell/conveyor/velocity', QoSProfile(depth=1))
        self._client = self.create_client(self._type, SET_POSE)
        belt = self.create_subscription(Odometry, 'cell/conveyor/odometry', self._on_belt, 10)
        timer = self.create_timer(SPEED_PERIOD_S, self._run_belt)
        self._parts = [
            (self.destroy_subscription, belt),
            (self.destroy_timer, timer),
            (self.destroy_client, self._client),
            (self.destroy_publisher, self._speed),
        ]

    def deactivate(self) -> None:
        """Stop the belt."""
        if self._parts:
            self._speed.publish(Float64(data=0.0))
        for destroy, part in self._parts:
            destroy(part)
        self._parts = []

    def _run_belt(self) -> None:
        self._speed.publish(Float64(data=self._config.belt.speed_m_s * self.values.direction))

    def _on_belt(self, message: Odometry) -> None:
        if not self._client.service_is_ready():
            return
        way_m = message.pose.pose.position.x * self.values.direction
        for move in self._feeder.moves(way_m):
            self._ask(move)

    def _ask(self, move: Move) -> None:
        request = self._type.Request()
        request.entity.name = move.name
        request.entity.type = request.entity.MODEL
        position = request.pose.position
        position.x, position.y, position.z = move.xyz_m
        request.pose.orientation.w = 1.0
        self._client.call_async(request).add_done_callback(self._on_answer)

    def _on_answer(self, future: Any) -> None:
        if future.result() is not None and future.result().success:
            self._moved += 1
        else:
            self._refused += 1

    def health(self) -> Sequence[Status]:
        """Report how many parts were moved; a service that is missing is an error."""
        values = {'moved': self._moved, 'refused': self._refused, 'riding': self._feeder.riding}
        if not self._client.service_is_ready():
            text = f'no service {SET_POSE}: does Gazebo run, and its bridge (ROS 2 Jazzy or later)?'
            return [Status('belt', Level.ERROR, text, values)]
        if self._refused:
            return [Status('belt', Level.WARN, 'Gazebo refused to move parts', values)]
        return [Status('belt', Level.OK, 'running', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(PartFeederNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
