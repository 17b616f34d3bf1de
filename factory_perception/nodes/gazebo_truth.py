"""What is really in Gazebo's pictures, under the names and on the topic of the embedded cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, ClassVar

from rclpy.qos import QoSProfile
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.gazebo_msgs import read_labels
from factory_perception.cell.config import load_config
from factory_perception.cell.gazebo.files import PARTS_FILE
from factory_perception.cell.gazebo.labelled import named
from factory_perception.cell.gazebo.parts_table import read_table
from factory_perception.cell.parts import CLASSES
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.resources import share_folder


@dataclass(frozen=True)
class GazeboTruthParameters(NodeParameters):
    """What can be set on the truth of Gazebo's pictures."""

    cell_file: str = parameter('', 'The cell.yaml that the world was made from; empty: shipped.')
    parts_file: str = parameter('', 'The table of parts made with the world; empty: shipped.')


class GazeboTruthNode(PerceptionNode[GazeboTruthParameters]):
    """Takes the labelled boxes on ``~/boxes``, gives ``cell/gt/detections``."""

    table: ClassVar[type] = GazeboTruthParameters

    def __init__(self, name: str = 'gazebo_truth', **options: Any) -> None:
        self._input: Any = None
        self._pictures = 0
        super().__init__(name, **options)

    def configure(self) -> None:
        """Read which label is which part."""
        cell_file = self.values.cell_file
        config = load_config(Path(cell_file).expanduser() if cell_file else None)
        self._size_wh = config.camera.size_wh
        table = Path(self.values.parts_file or share_folder() / PARTS_FILE).expanduser()
        self._known = read_table(table)

    def activate(self) -> None:
        """Listen to Gazebo."""
        self._output = self.create_publisher(
            Detection2DArray, 'cell/gt/detections', QoSProfile(depth=50)
        )
        self._input = self.create_subscription(Detection2DArray, '~/boxes', self._on_boxes, 10)

    def deactivate(self) -> None:
        """Stop listening."""
        if self._input is not None:
            self.destroy_subscription(self._input)
            self.destroy_publisher(self._output)
            self._input = None

    def _on_boxes(self, message: Detection2DArray) -> None:
        found = named(*read_labels(message), self._known, self._size_wh)
        self._output.publish(write_detections(found, CLASSES, message.header))
        self._pictures += 1

    def health(self) -> Sequence[Status]:
        """Report how many pictures were described."""
        values = {'pictures': self._pictures, 'parts_known': len(self._known)}
        return [Status('truth', Level.OK, f'{self._pictures} pictures', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(GazeboTruthNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
