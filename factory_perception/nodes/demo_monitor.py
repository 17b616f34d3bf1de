"""Watches the demonstration from outside: what was sent, what was found, how fast, how right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
import time
from typing import Any

import cv2
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
import numpy as np
import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2DArray, LabelInfo

from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.diagnostic_msgs import Level, read_level, read_values
from factory_perception.bridge.image_msgs import read_image
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.nodes.process import make_executor, prepare_process
from factory_perception.vision.average_precision import average_precision

#: An answer that takes longer than this counts as lost.
PATIENCE_S = 1.0
_DIAGNOSER = 'fault_diagnoser: '
SNAPSHOT_PERIOD_S = 2.0


@dataclass
class Record:
    """What was heard so far, by the stamp of the picture (nanoseconds)."""

    truths: dict[int, Detection2DArray] = field(default_factory=dict)
    answers: dict[int, Detection2DArray] = field(default_factory=dict)
    latencies_ns: list[int] = field(default_factory=list)
    classes: tuple[str, ...] = ()
    engine: dict[str, str] = field(default_factory=dict)
    #: What the diagnosis says is wrong now, by part.
    faults: dict[str, str] = field(default_factory=dict)
    #: Address of the page, or why there is none; '' until the dashboard has spoken.
    page: str = ''

    def expected(self, now_ns: int) -> list[int]:
        """Give the stamps that must have been answered by now: since the first answer, in time."""
        if not self.answers:
            return []
        first = min(self.answers)
        return [s for s in self.truths if s >= first and now_ns - s > PATIENCE_S * 1e9]

    def lost(self, now_ns: int) -> int:
        """Count the pictures that were never answered."""
        return sum(stamp not in self.answers for stamp in self.expected(now_ns))

    def latency_ms(self, last: int | None = None) -> dict[str, float]:
        """Give percentiles of stamp to detections, of all or of the last so many."""
        values = self.latencies_ns[-last:] if last else self.latencies_ns
        if not values:
            return {}
        p50, p95, p99 = np.percentile(values, (50, 95, 99)) / 1e6
        return {'p50': round(p50, 3), 'p95': round(p95, 3), 'p99': round(p99, 3)}

    def precision(self) -> dict[str, Any]:
        """Compare every answered picture with its truth."""
        stamps = sorted(set(self.truths) & set(self.answers))
        if not stamps or not self.classes:
            return {'map50': 0.0, 'pictures': 0}
        truths = [read_detections(self.truths[stamp], self.classes) for stamp in stamps]
        found = [read_detections(self.answers[stamp], self.classes) for stamp in stamps]
        figures = average_precision(truths, found, self.classes)
        return {**figures, 'pictures': len(stamps)}


class DemoMonitor(Node):
    """Listens to the cell's truth and to the detector."""

    def __init__(self, snapshots: Path | None = None, **options: Any) -> None:
        super().__init__('demo_monitor', **options)
        self.record = Record()
        self.visible: Counter[str] = Counter()
        self._snapshots = snapshots
        self._next_snapshot = 0.0
        self._started = time.monotonic()
        self.first_answer_s: float | None = None
        deep = QoSProfile(depth=100)
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(Detection2DArray, '/cell/gt/detections', self._on_truth, deep)
        self.create_subscription(Detection2DArray, '/detector/detections', self._on_answer, deep)
        self.create_subscription(LabelInfo, '/detector/label_info', self._on_labels, latched)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 10)
        if snapshots is not None:
            self.create_subscription(Image, '/detector/overlay', self._on_overlay, 1)

    def _on_truth(self, message: Detection2DArray) -> None:
        self.record.truths[stamp_ns(message.header.stamp)] = message

    def _on_answer(self, message: Detection2DArray) -> None:
        now_ns = self.get_clock().now().nanoseconds
        stamp = stamp_ns(message.header.stamp)
        self.record.answers[stamp] = message
        self.record.latencies_ns.append(now_ns - stamp)
        self.visible = Counter(item.results[0].hypothesis.class_id for item in message.detections)
        if self.first_answer_s is None:
            self.first_answer_s = time.monotonic() - self._started

    def _on_labels(self, message: LabelInfo) -> None:
        self.record.classes = tuple(item.class_name for item in message.class_map)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == 'detector: engine':
                self.record.engine = read_values(status)
            elif status.name.startswith(_DIAGNOSER):
                self._on_fault(status.name.removeprefix(_DIAGNOSER), status)
            elif status.name == 'dashboard: page':
                self.record.page = read_values(status)['address']
            elif status.name == 'dashboard: state' and read_level(status) == Level.ERROR:
                self.record.page = status.message

    def _on_fault(self, part: str, status: DiagnosticStatus) -> None:
        fault = read_values(status).get('fault', '')
        if read_level(status) > Level.OK and fault:
            self.record.faults[part] = fault
        else:
            self.record.faults.pop(part, None)

    def _on_overlay(self, message: Image) -> None:
        if time.monotonic() < self._next_snapshot:
            return
        assert self._snapshots is not None
        self._next_snapshot = time.monotonic() + SNAPSHOT_PERIOD_S
        path = self._snapshots / f'{stamp_ns(message.header.stamp)}.png'
        cv2.imwrite(str(path), read_image(message).to_bgr())

    def now_ns(self) -> int:
        """Give the clock of the node."""
        return self.get_clock().now().nanoseconds


def summarise(monitor: DemoMonitor, seconds: float) -> dict[str, Any]:
    """Give the figures of a demonstration, ready for JSON."""
    record, now_ns = monitor.record, monitor.now_ns()
    expected = record.expected(now_ns)
    precision = record.precision()
    return {
        'seconds': round(seconds, 1),
        'frames_published': len(expected),
        'frames_lost': record.lost(now_ns),
        'latency_ms': record.latency_ms(),
        'first_detection_s': monitor.first_answer_s,
        'map50': precision['map50'],
        'pictures_compared': precision['pictures'],
        'ap50_per_class': precision.get('ap50_per_class', {}),
        'engine': record.engine.get('backend', ''),
        'precision': record.engine.get('precision', ''),
        'model': record.engine.get('model', ''),
        'detector_memory_mb': float(record.engine.get('memory_mb', 'nan')),
    }


def monitor_demo(
    should_stop: Callable[[], bool],
    show: Callable[[DemoMonitor], None],
    snapshots: Path | None,
) -> dict[str, Any]:
    """Watch until told to stop, then give the figures.

    Args:
        should_stop: asked ten times a second.
        show: called once a second with what was heard so far.
        snapshots: folder that receives an annotated picture every two seconds; ``None`` for none.
    """
    prepare_process()
    context = rclpy.Context()
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    monitor = DemoMonitor(snapshots, context=context)
    executor = make_executor(context)
    executor.add_node(monitor)
    start = next_show = time.monotonic()
    try:
        while not should_stop():
            executor.spin_once(timeout_sec=0.1)
            if time.monotonic() >= next_show:
                next_show = time.monotonic() + 1.0
                show(monitor)
        return summarise(monitor, time.monotonic() - start)
    finally:
        executor.shutdown()
        monitor.destroy_node()
        context.try_shutdown()
