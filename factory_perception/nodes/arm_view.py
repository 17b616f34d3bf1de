"""The arm for rviz: where it is forecast to be, and which joint is not well.

Draws nothing while nobody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory
from visualization_msgs.msg import MarkerArray

from factory_perception.bridge.arm_markers import fault_markers
from factory_perception.bridge.diagnostic_msgs import Level, read_level, Status
from factory_perception.bridge.gazebo_msgs import JointError, read_positions
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.cell.config import load_config
from factory_perception.cell.kinematics import chain_of, forward
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.wiring import FORECAST

_LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


@dataclass(frozen=True)
class ArmViewParameters(NodeParameters):
    """What can be set on the view of the arm."""

    cell_file: str = parameter('', 'The cell.yaml with the arm; empty takes the shipped one.')
    rate: float = parameter(15.0, 'Pictures of the arm a second.', low=0.1, high=60.0)
    diagnoser: str = parameter(
        'fault_diagnoser', 'Node whose diagnostics, named "node: joint", colour the joints.'
    )


class ArmViewNode(PerceptionNode[ArmViewParameters]):
    """Takes the forecast, the joints and ``/diagnostics``; gives the ghost and the markers."""

    table: ClassVar[type] = ArmViewParameters

    def __init__(self, name: str = 'arm_view', **options: Any) -> None:
        self._parts: list[tuple[Any, Any]] = []
        self._forecast: JointTrajectory | None = None
        self._joints: JointState | None = None
        self._faults: dict[str, tuple[Level, str]] = {}
        self._trouble_text = ''
        super().__init__(name, **options)

    def configure(self) -> None:
        """Read the geometry of the arm."""
        cell_file = self.values.cell_file
        self._config = load_config(Path(cell_file).expanduser() if cell_file else None)
        self._chain = chain_of(self._config.arm)

    def activate(self) -> None:
        """Listen, and draw at a steady rate."""
        self._ghost = self.create_publisher(JointState, f'{FORECAST}/joint_states', 1)
        self._markers = self.create_publisher(MarkerArray, '~/markers', 1)
        listen = self.create_subscription
        inputs = (
            listen(JointTrajectory, 'motion_predictor/forecast', self._on_forecast, _LATEST),
            listen(JointState, 'joint_states', self._on_joints, _LATEST),
            listen(DiagnosticArray, '/diagnostics', self._on_diagnostics, 20),
        )
        timer = self.create_timer(1 / self.values.rate, self._draw)
        self._parts = [
            *((self.destroy_subscription, part) for part in inputs),
            (self.destroy_timer, timer),
            (self.destroy_publisher, self._ghost),
            (self.destroy_publisher, self._markers),
        ]

    def deactivate(self) -> None:
        """Stop listening and drawing."""
        for destroy, part in self._parts:
            destroy(part)
        self._parts, self._forecast, self._joints, self._faults = [], None, None, {}

    def _on_forecast(self, message: JointTrajectory) -> None:
        self._forecast = message

    def _on_joints(self, message: JointState) -> None:
        self._joints = message

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            node, _, joint = status.name.partition(': ')
            if node == self.values.diagnoser:
                self._faults[joint] = (read_level(status), status.message)

    def _draw(self) -> None:
        try:
            if self._forecast is not None and self._forecast.points:
                self._draw_forecast(self._forecast)
            if self._joints is not None and self._markers.get_subscription_count():
                self._draw_faults(self._joints)
            self._trouble_text = ''
        except JointError as error:
            self._trouble_text = str(error)

    def _draw_forecast(self, message: JointTrajectory) -> None:
        if not self._ghost.get_subscription_count():
            return
        names = self._config.arm.joint_names
        last = read_positions(message.joint_names, message.points[-1].positions, names)
        header = Header(stamp=message.header.stamp, frame_id=self._config.world_frame)
        self._ghost.publish(write_joint_state(names, last, last[:0], last[:0], header))

    def _draw_faults(self, message: JointState) -> None:
        names = self._config.arm.joint_names
        position = read_positions(message.name, message.position, names)
        header = Header(stamp=message.header.stamp, frame_id=self._config.world_frame)
        places = dict(zip(names, forward(self._chain, position)[1]))
        levels = {joint: level for joint, (level, _) in self._faults.items()}
        texts = {joint: text for joint, (_, text) in self._faults.items()}
        self._markers.publish(fault_markers(places, levels, texts, header))

    def health(self) -> Sequence[Status]:
        """Say when the joints are not those of the cell's arm."""
        if self._trouble_text:
            return [Status('view', Level.WARN, self._trouble_text)]
        return [Status('view', Level.OK, 'drawing' if self._joints else 'no joints yet')]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(ArmViewNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
