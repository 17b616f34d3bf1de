"""The embedded factory cell as a node: the topics of a real cell, and the truth beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
import json
from pathlib import Path
import sys
import threading
import time
import traceback
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import Float64, Header, String
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.cell_msgs import (
    write_belt,
    write_camera_info,
    write_faults,
    write_truth,
)
from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import to_stamp
from factory_perception.cell.config import load_config
from factory_perception.cell.faults import Fault
from factory_perception.cell.simulation import Cell, DEMO_FAULTS, Frame
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run

FAULT_PERIOD_S = 0.2
BELT_PERIOD_S = 0.05
#: So much of the cell's time is computed between two looks at whether to stop.
PIECE_S = 0.1


@dataclass(frozen=True)
class CellParameters(NodeParameters):
    """What can be set on the cell."""

    seed: int = parameter(0, 'Another seed, another day: parts, defects, faults.', low=0)
    camera: bool = parameter(True, 'Render and publish pictures.')
    cell_file: str = parameter('', 'A cell.yaml of your own; empty takes the shipped one.')
    faults: str = parameter(
        'auto', 'Whether faults come and go by themselves.', choices=('auto', 'none')
    )


class CellNode(PerceptionNode[CellParameters]):
    """Runs the cell in real time; publishes camera, joints, belt, and what is really there."""

    table: ClassVar[type] = CellParameters

    def __init__(self, name: str = 'cell', **options: Any) -> None:
        self._cell: Cell | None = None
        self._outputs: list[Publisher] = []
        self._inputs: list[Any] = []
        self._requests: list[tuple[str, Any]] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._frames = self._samples = self._skipped = 0
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Build the cell, draw the first picture, create the topics."""
        values = self.values
        habits = DEMO_FAULTS if values.faults == 'auto' else ()
        config = load_config(Path(values.cell_file).expanduser() if values.cell_file else None)
        self._cell = Cell(config, values.seed, habits)
        if values.camera:
            self._cell.frame()  # the renderer draws its textures now, not while it is awaited
        camera = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._image = self._output(Image, '~/camera/image_raw', camera)
        self._info = self._output(CameraInfo, '~/camera/camera_info', QoSProfile(depth=2))
        self._truth = self._output(Detection2DArray, '~/gt/detections', QoSProfile(depth=50))
        self._faults = self._output(DiagnosticArray, '~/gt/faults', QoSProfile(depth=10))
        self._joints = self._output(JointState, 'joint_states', QoSProfile(depth=50))
        self._reference = self._output(JointState, '~/joint_reference', QoSProfile(depth=50))
        self._belt = self._output(Odometry, '~/conveyor/odometry', QoSProfile(depth=10))

    def _output(self, kind: type, topic: str, qos: QoSProfile) -> Publisher:
        publisher = self.create_publisher(kind, topic, qos)
        self._outputs.append(publisher)
        return publisher

    def activate(self) -> None:
        """Let the cell run and listen to commands."""
        self._stop.clear()
        self._inputs = [
            self.create_subscription(Float64, '~/conveyor/velocity', self._on_speed, 10),
            self.create_subscription(String, '~/inject', self._on_inject, 10),
        ]
        self._thread = threading.Thread(target=self._run, name='cell')
        self._thread.start()

    def deactivate(self) -> None:
        """Let the cell stand still."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._inputs = []

    def cleanup(self) -> None:
        """Take the topics away."""
        for publisher in self._outputs:
            self.destroy_publisher(publisher)
        self._outputs = []
        self._cell = None

    # Commands -------------------------------------------------------------------------------------

    def _on_speed(self, message: Float64) -> None:
        with self._lock:
            self._requests.append(('speed', message.data))

    def _on_inject(self, message: String) -> None:
        """Take JSON such as ``{"kind": "friction_rise", "joint": "joint_3", "severity": 0.8}``."""
        try:
            request = json.loads(message.data)
            if not isinstance(request, dict):
                raise ValueError('not a JSON object')
        except ValueError as error:
            self.get_logger().warning(f'{self.get_name()}/inject: {error}')
            return
        with self._lock:
            self._requests.append(('fault', request))

    def _obey(self, cell: Cell) -> None:
        with self._lock:
            requests, self._requests = self._requests, []
        for kind, value in requests:
            try:
                if kind == 'speed':
                    cell.set_belt_speed(float(value))
                else:
                    cell.inject(**value)
            except (ValueError, TypeError) as error:
                self.get_logger().warning(f'refused: {error}')

    # The cell's thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._run_cell()
        except Exception as error:
            self.get_logger().error(f'the cell stopped: {error}\n{traceback.format_exc()}')
            self.exit_code = 1
            self.finished.set()

    def _run_cell(self) -> None:
        cell = self._cell
        assert cell is not None
        period = 1 / cell.config.arm.rate_hz
        offset_s = cell.time_s
        start, start_ns = time.monotonic(), self.get_clock().now().nanoseconds
        self._zero_ns = start_ns - round(offset_s * 1e9)
        last_ns = round(offset_s * 1e9)
        last_frame = next_fault = next_belt = -1.0
        active: tuple[Fault, ...] = ()
        due = start
        while not self._stop.wait(max(due - time.monotonic(), 0)):
            due += period
            now_s = offset_s + time.monotonic() - start
            self._obey(cell)
            last_ns = self._catch_up(cell, now_s, last_ns)
            if self._stop.is_set():
                return
            index = int(now_s * cell.config.camera.rate_hz)
            if self.values.camera and index > last_frame:
                self._skipped += 0 if last_frame < 0 else int(index - last_frame) - 1
                last_frame = index
                self._publish_frame(cell, cell.frame())
            if now_s >= next_belt:
                next_belt = now_s + BELT_PERIOD_S
                belt = cell.belt()
                self._belt.publish(write_belt(belt, cell.config, self._header(belt.stamp_ns, '')))
            faults = cell.active_faults()
            if now_s >= next_fault or faults != active:
                next_fault, active = now_s + FAULT_PERIOD_S, faults
                self._faults.publish(write_faults(faults, now_s, self._stamp(now_s)))

    def _catch_up(self, cell: Cell, now_s: float, last_ns: int) -> int:
        """Let the cell run up to now; in pieces, so that a busy machine can still be stopped."""
        while cell.time_s < now_s and not self._stop.is_set():
            cell.advance_to(min(cell.time_s + PIECE_S, now_s))
            last_ns = self._publish_joints(cell, last_ns)
        return last_ns

    def _publish_joints(self, cell: Cell, last_ns: int) -> int:
        samples = cell.joints_since(last_ns)
        for row, stamp_ns in enumerate(samples.stamp_ns.tolist()):
            header = self._header(stamp_ns, cell.config.world_frame)
            self._joints.publish(
                write_joint_state(
                    samples.names, samples.position[row], samples.velocity[row],
                    samples.effort[row], header,
                )
            )  # fmt: skip
            if self._reference.get_subscription_count():
                nothing = samples.effort[row][:0]
                self._reference.publish(
                    write_joint_state(
                        samples.names, samples.reference_position[row],
                        samples.reference_velocity[row], nothing, header,
                    )
                )  # fmt: skip
            last_ns = stamp_ns
        self._samples += len(samples)
        return last_ns

    def _publish_frame(self, cell: Cell, frame: Frame) -> None:
        header = self._header(frame.stamp_ns, cell.config.camera.optical_frame)
        self._image.publish(write_image(frame.image_bgr, 'bgr8', header))
        self._info.publish(write_camera_info(cell.camera, header))
        self._truth.publish(write_truth(frame.truth, header))
        self._frames += 1

    def _header(self, cell_ns: int, frame_id: str) -> Header:
        return Header(stamp=to_stamp(self._zero_ns + cell_ns), frame_id=frame_id)

    def _stamp(self, cell_s: float) -> Any:
        return to_stamp(self._zero_ns + round(cell_s * 1e9))

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report what was published and what happened to the parts."""
        assert self._cell is not None
        counts = self._cell.counts
        values: dict[str, object] = {
            'frames': self._frames,
            'frames_skipped': self._skipped,
            'joint_samples': self._samples,
            **{item.name: getattr(counts, item.name) for item in fields(counts)},
        }
        level, message = Level.OK, 'running'
        if self._skipped > 0.1 * self._frames:
            level, message = Level.WARN, 'this machine is too slow to draw every picture'
        return [Status('simulation', level, message, values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(CellNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
