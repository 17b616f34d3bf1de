"""The eyes of the fault diagnoser: what it hears of one camera and its detector."""

from __future__ import annotations

from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.fault_msgs import read_picture_report
from factory_perception.bridge.joint_bytes import JointReading
from factory_perception.bridge.page_msgs import class_names
from factory_perception.faults.camera_watch import CameraWatch
from factory_perception.faults.defect_rate import DefectRate, PARTS
from factory_perception.faults.grip_watch import GRIPPER, GripWatch
from factory_perception.faults.picture_layer import PictureLayer, PictureLimits
from factory_perception.faults.verdict import Verdict
from factory_perception.nodes.fault_diagnoser_parameters import FaultDiagnoserParameters
from factory_perception.vision.tally import PartTally

CAMERA = 'camera'
#: A detector with more classes than this is not believed.
_MOST_CLASSES = 1000


class CameraDiagnosis:
    """Watches one camera, the parts that pass it, and a gripper in its picture."""

    def __init__(
        self, node: Node, values: FaultDiagnoserParameters, changed: Callable[[], object]
    ) -> None:
        """Prepare; nothing is heard yet.

        Args:
            node: the node that listens.
            values: its parameters.
            changed: called when verdicts may have changed.

        Raises:
            ValueError: a gripper without a zone, or without positions.
        """
        self._node, self._changed = node, changed
        self._watch = CameraWatch(CAMERA, values.camera_timeout)
        limits = PictureLimits(values.dark, values.frozen_after)
        self._pictures = PictureLayer(CAMERA, limits)
        self._picture_status = f'{values.detector}: {values.camera or "image"}'
        self._engine_status = f'{values.detector}: engine'
        self._classes: dict[str, None] = {}
        self._defects = tuple(filter(None, values.defects))
        self._asks_defects = not self._defects
        self._tally, self._rate = PartTally(), DefectRate()
        self._gripper_joint = values.gripper_joint
        self._grip: GripWatch | None = None
        if values.gripper_joint:
            self._grip = GripWatch(values.grip_zone, values.gripper_holds)
        self._inputs: list[Subscription] = []
        self._heard = False

    def listen(self) -> None:
        """Subscribe."""
        qos = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._inputs = [
            self._node.create_subscription(
                Detection2DArray, 'detections', self._on_detections, qos,
                qos_overriding_options=QoSOverridingOptions.with_default_policies(),
            ),
            self._node.create_subscription(DiagnosticArray, '/diagnostics', self._on_health, 50),
        ]  # fmt: skip

    def close(self) -> None:
        """Stop listening."""
        for subscription in self._inputs:
            self._node.destroy_subscription(subscription)
        self._inputs = []

    @property
    def parts(self) -> list[str]:
        """Give what is watched: nothing while no camera has been heard of."""
        seen = [CAMERA, PARTS] if self._heard else []
        return seen + ([GRIPPER] if self._grip is not None else [])

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say what is wrong, now; the most telling of each part first."""
        found = self._watch.verdicts(now_ns) + self._pictures.verdicts(now_ns)
        found += self._rate.verdicts()
        return found + (self._grip.verdicts(now_ns) if self._grip is not None else [])

    def on_gripper(self, reading: JointReading) -> None:
        """Take a joint state; one with the gripper's joint moves the gripper."""
        if self._grip is None or self._gripper_joint not in reading.names:
            return
        place = reading.names.index(self._gripper_joint)
        if place < len(reading.position):
            self._grip.move(float(reading.position[place]))

    def _on_detections(self, message: Detection2DArray) -> None:
        now_ns = self._node.get_clock().now().nanoseconds
        self._heard = True
        for name in class_names(message):
            if len(self._classes) < _MOST_CLASSES:
                self._classes.setdefault(name)
        classes = tuple(self._classes)
        found = read_detections(message, classes)
        self._watch.add(found.boxes_xyxy, now_ns)
        if self._defects:
            for part in self._tally.update(found, classes, self._defects, now_ns):
                self._rate.add(bool(part.defects), now_ns)
        if self._grip is not None:
            good = [classes[number] not in self._defects for number in found.class_ids]
            self._grip.see(found.boxes_xyxy[good], now_ns)
            self._changed()

    def _on_health(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == self._picture_status:
                report = read_picture_report(status)
                if report is not None:
                    self._heard = True
                    self._pictures.add(report, self._node.get_clock().now().nanoseconds)
                    self._changed()
            elif self._asks_defects and status.name == self._engine_status:
                self._defects = _names(read_values(status).get('defects', ''))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(',') if name.strip())
