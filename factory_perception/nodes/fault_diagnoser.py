"""The fault diagnoser: joint states and a camera's detections in, named faults on /diagnostics out.

Advisory: it helps people to find out what is wrong. It is no safety function.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
import sys
from typing import Any, ClassVar

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import Status
from factory_perception.bridge.fault_msgs import joint_status, layers_status
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.deployment import profile_path
from factory_perception.engines.engine import Engine
from factory_perception.engines.selection import open_engine
from factory_perception.faults.alarm_book import AlarmBook, Change
from factory_perception.faults.calibration import (
    Calibration,
    CalibrationError,
    unpack_calibration,
)
from factory_perception.faults.classifier import FaultClassifier, read_fault_model
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.faults.event_log import EventLog
from factory_perception.faults.events import write_event
from factory_perception.faults.stream_layer import STREAM
from factory_perception.faults.verdict import ARM, Verdict
from factory_perception.files import write_atomic
from factory_perception.model_store.folder import ModelFolder
from factory_perception.model_store.store import default_store
from factory_perception.nodes.camera_diagnosis import CameraDiagnosis
from factory_perception.nodes.fault_diagnoser_parameters import FaultDiagnoserParameters
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.nodes.silence import explain_silence

_EVENTS_KEPT = 50


class FaultDiagnoserNode(PerceptionNode[FaultDiagnoserParameters]):
    """Watches one robot and one camera."""

    table: ClassVar[type] = FaultDiagnoserParameters

    def __init__(self, name: str = 'fault_diagnoser', **options: Any) -> None:
        self._diagnoser: Diagnoser | None = None
        self._calibration: Calibration | None = None
        self._camera: CameraDiagnosis | None = None
        self._engine: Engine | None = None
        self._classifier: FaultClassifier | None = None
        self._log: EventLog | None = None
        self._book = AlarmBook()
        self._inputs: list[Subscription] = []
        self._broken = self._refused = ''
        self._model = ''
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Read what was learned before; create the topic of events."""
        values = self.values
        self._book, self._refused = AlarmBook(), ''
        self._camera = CameraDiagnosis(self, values, self._look_again)
        if values.model:
            self._load(default_store(values.model_store).find(values.model))
        path = Path(values.calibration_file).expanduser() if values.calibration_file else None
        if path is not None and path.exists():
            self._calibration = unpack_calibration(path.read_bytes(), str(path))
        if values.log_file:
            self._log = EventLog(Path(values.log_file).expanduser(), values.log_bytes)
        joints = [joint for joint in values.joints if joint]
        if joints:
            self._diagnoser = self._make(joints)
        latched = QoSProfile(
            depth=_EVENTS_KEPT,
            reliability=ReliabilityPolicy.RELIABLE,
            durability=DurabilityPolicy.TRANSIENT_LOCAL,
        )
        self._events = self.create_publisher(String, '~/events', latched)

    def _load(self, folder: ModelFolder) -> None:
        model = read_fault_model(folder)
        self._engine = open_engine(folder, 'onnxruntime', 'fp32')
        self._classifier = FaultClassifier(model, self._engine)
        self._model = model.label

    def _make(self, joints: Sequence[str]) -> Diagnoser:
        values = self.values
        settings = DiagnoserSettings(values.calibration_s, values.margin, values.timeout)
        learned = self._classifier.model.calibration if self._classifier else self._calibration
        if learned is not None and set(learned.joints) < set(joints):
            joints = learned.joints  # a gripper may be among the joint states
        try:
            diagnoser = Diagnoser(joints, settings, self._calibration, self._classifier)
        except CalibrationError as error:
            self._refused = f'{self._model or "the file of limits"} is refused: {error}'
            self.get_logger().error(self._refused)
            self._model = ''
            diagnoser = Diagnoser(joints, settings)
        diagnoser.calibrated = self._keep
        return diagnoser

    def activate(self) -> None:
        """Listen."""
        qos = QoSProfile(depth=250, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._inputs = [
            self._listen(JointState, 'joint_states', self._on_joints, qos),
            self._listen(JointState, 'joint_reference', self._on_reference, qos),
        ]
        if self._camera is not None:
            self._camera.listen()

    def _listen(self, kind: type, topic: str, callback: Any, qos: QoSProfile) -> Subscription:
        overriding = QoSOverridingOptions.with_default_policies()
        return self.create_subscription(
            kind, topic, callback, qos, qos_overriding_options=overriding
        )

    def deactivate(self) -> None:
        """Stop listening."""
        for source in self._inputs:
            self.destroy_subscription(source)
        self._inputs = []
        if self._camera is not None:
            self._camera.close()

    def cleanup(self) -> None:
        """Forget the robot; close the log."""
        if self._log is not None:
            self._log.close()
            self._log = None
        if hasattr(self, '_events'):
            self.destroy_publisher(self._events)
            del self._events
        if self._engine is not None:
            self._engine.close()
        self._diagnoser = self._calibration = self._camera = None
        self._engine = self._classifier = None
        self._model = ''

    # Input ----------------------------------------------------------------------------------------

    def _on_joints(self, message: JointState) -> None:
        now_ns = self.get_clock().now().nanoseconds
        if self._camera is not None:
            self._camera.on_joints(message)
        try:
            stamp = stamp_ns(message.header.stamp)
        except StampError as error:
            self._broken = str(error)
            return
        if self._diagnoser is None:
            if not message.name:
                self._broken = 'a joint state without names'
                return
            self._diagnoser = self._make(message.name)
        if self._diagnoser.add(
            stamp, message.name, message.position, message.velocity, message.effort, now_ns
        ):
            self._tell(now_ns)

    def _on_reference(self, message: JointState) -> None:
        if self._diagnoser is not None:
            try:
                stamp = stamp_ns(message.header.stamp)
            except StampError as error:
                self._broken = str(error)
                return
            self._diagnoser.add_reference(stamp, message.name, message.position)

    # Output ---------------------------------------------------------------------------------------

    def _verdicts(self) -> list[Verdict]:
        now_ns = self.get_clock().now().nanoseconds
        found: list[Verdict] = []
        if self._diagnoser is not None:
            found = self._diagnoser.stream_verdicts(now_ns) + self._diagnoser.verdicts
        return found + (self._camera.verdicts(now_ns) if self._camera else [])

    def _look_again(self) -> None:
        self._tell(self.get_clock().now().nanoseconds)

    def _tell(self, now_ns: int) -> bool:
        """Publish what changed; give whether anything did."""
        changes = self._book.update(self._verdicts(), now_ns)
        for change in changes:
            self._publish_event(change)
        if changes:
            super().publish_health()
        return bool(changes)

    def _publish_event(self, change: Change) -> None:
        line = write_event(change, self.get_name(), self._model)
        self._events.publish(String(data=line))
        if change.what != 'cleared':
            self.get_logger().warning(change.verdict.sentence)
        if self._log is None:
            return
        try:
            self._log.write(line)
        except OSError as error:
            self._broken = f'the log of events cannot be written: {error.strerror}'
            self.get_logger().error(self._broken)

    def _keep(self, calibration: Calibration) -> None:
        """Write limits that were just learned to their file."""
        self.get_logger().info(f'limits learned from {calibration.frames} blocks')
        if not self.values.calibration_file or self._refused:  # a file of another robot stays
            return
        try:
            write_atomic(Path(self.values.calibration_file).expanduser(), calibration.pack())
        except OSError as error:
            self._broken = f'the limits cannot be kept: {error.strerror}'
            self.get_logger().error(self._broken)

    def publish_health(self) -> None:
        """Publish health once a second; what only time shows (a silent stream) is found here."""
        if not (self._inputs and self._tell(self.get_clock().now().nanoseconds)):
            super().publish_health()

    def health(self) -> Sequence[Status]:
        """Report every joint, the arm, the stream, the camera, and which layers are at work."""
        now_ns = self.get_clock().now().nanoseconds
        robot = self.values.hardware_id or 'robot'
        parts = [*(self._diagnoser.joints if self._diagnoser else ()), ARM, STREAM]
        parts += self._camera.parts if self._camera else []
        statuses = [
            joint_status(part, self._book.open.get(part), now_ns, robot, self._model)
            for part in parts
        ]
        return [*statuses, layers_status(self._diagnoser, self._model, self._trouble_text())]

    def _trouble_text(self) -> str:
        if self._diagnoser is not None or self._broken:
            return self._refused or self._broken
        source = self._inputs[0]
        kind = 'sensor_msgs/msg/JointState'
        return explain_silence(self, source.topic_name, kind, source.qos_profile, profile_path())


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(FaultDiagnoserNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
