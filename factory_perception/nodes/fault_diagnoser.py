"""The fault diagnoser: joint states and a camera's detections in, named faults on /diagnostics out.

Advisory: it helps people to find out what is wrong. It is no safety function.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Any, ClassVar

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.fault_msgs import joint_status
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.event_log import EventLog
from factory_perception.faults.events import write_event
from factory_perception.faults.stream_layer import STREAM
from factory_perception.faults.telemetry_watch import TELEMETRY
from factory_perception.faults.verdict import ARM
from factory_perception.nodes.camera_diagnosis import CameraDiagnosis
from factory_perception.nodes.fault_diagnoser_parameters import FaultDiagnoserParameters
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.nodes.robot_diagnosis import RobotDiagnosis
from factory_perception.nodes.telemetry_diagnosis import TelemetryDiagnosis

_LATCHED = QoSProfile(
    depth=50,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)


class FaultDiagnoserNode(PerceptionNode[FaultDiagnoserParameters]):
    """Watches one robot and one camera."""

    table: ClassVar[type] = FaultDiagnoserParameters

    def __init__(self, name: str = 'fault_diagnoser', **options: Any) -> None:
        self._robot: RobotDiagnosis | None = None
        self._camera: CameraDiagnosis | None = None
        self._slow: TelemetryDiagnosis | None = None
        self._log: EventLog | None = None
        self._unlogged = ''
        self._book = AlarmBook()
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Read what was learned before; create the topic of events."""
        values = self.values
        self._book, self._unlogged = AlarmBook(), ''
        self._camera = CameraDiagnosis(self, values, self._look_again)
        self._robot = RobotDiagnosis(self, values, self._camera.on_gripper, self._tell)
        if values.telemetry_model:
            self._slow = TelemetryDiagnosis(self, values, self._look_again)
        if values.log_file:
            self._log = EventLog(Path(values.log_file).expanduser(), values.log_bytes)
        self._events = self.create_publisher(String, '~/events', _LATCHED)

    def activate(self) -> None:
        """Listen."""
        assert self._robot is not None and self._camera is not None
        self._robot.listen()
        self._camera.listen()
        if self._slow is not None:
            self._slow.listen()

    def deactivate(self) -> None:
        """Stop listening."""
        if self._robot is not None and self._camera is not None:
            self._robot.close()
            self._camera.close()
        if self._slow is not None:
            self._slow.close()

    def cleanup(self) -> None:
        """Forget the robot; close the log."""
        if self._log is not None:
            self._log.close()
            self._log = None
        if hasattr(self, '_events'):
            self.destroy_publisher(self._events)
            del self._events
        if self._robot is not None:
            self._robot.free()
        if self._slow is not None:
            self._slow.free()
        self._robot = self._camera = self._slow = None

    # Output ---------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        self._tell(self.get_clock().now().nanoseconds)

    def _tell(self, now_ns: int) -> bool:
        """Publish what changed; give whether anything did."""
        if self._robot is None or self._camera is None:
            return False
        slow = self._slow.verdicts if self._slow is not None else []
        verdicts = self._robot.verdicts(now_ns) + slow + self._camera.verdicts(now_ns)
        changes = self._book.update(verdicts, now_ns)
        for change in changes:
            self._publish_event(change)
        if changes:
            super().publish_health()
        return bool(changes)

    def _publish_event(self, change: Change) -> None:
        assert self._robot is not None
        model = self._robot.model
        if self._slow is not None and change.verdict.source == TELEMETRY:
            model = self._slow.label
        line = write_event(change, self.get_name(), model)
        self._events.publish(String(data=line))
        if change.what != 'cleared':
            self.get_logger().warning(change.verdict.sentence)
        if self._log is None:
            return
        try:
            self._log.write(line)
            self._unlogged = ''
        except OSError as error:
            self._unlogged = f'the log of events cannot be written: {error.strerror}'
            self.get_logger().error(self._unlogged)

    def publish_health(self) -> None:
        """Publish health once a second; what only time shows (a silent stream) is found here."""
        active = self._robot is not None and self._robot.listens
        if not (active and self._tell(self.get_clock().now().nanoseconds)):
            super().publish_health()

    def health(self) -> Sequence[Status]:
        """Report every joint, the arm, the stream, the camera, and which layers are at work."""
        assert self._robot is not None and self._camera is not None
        now_ns = self.get_clock().now().nanoseconds
        name, model = self.values.hardware_id or 'robot', self._robot.model
        parts = [*self._robot.joints, ARM, STREAM, *self._camera.parts]
        statuses = [
            joint_status(part, self._book.open.get(part), now_ns, name, model) for part in parts
        ]
        if self._unlogged:
            statuses.append(Status('log', Level.WARN, self._unlogged))
        slow = [] if self._slow is None else [self._slow.status()]
        return [*statuses, *slow, self._robot.status()]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(FaultDiagnoserNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
