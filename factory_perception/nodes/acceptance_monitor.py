"""Watches an acceptance run: the truth of the injector, the events of the diagnoser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.fault_record import FaultRecord
from factory_perception.nodes.process import make_executor, prepare_process


class AcceptanceMonitor(Node):
    """Collects true faults and alarms; times are seconds of the clock of this node."""

    def __init__(self, **options: Any) -> None:
        super().__init__('acceptance_monitor', **options)
        self.record = FaultRecord()
        self.layers: dict[str, str] = {}
        self.message = ''
        latched = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        truth = '/fault_injector/gt/faults'
        self.create_subscription(DiagnosticArray, truth, self.record.add_truth, 50)
        self.create_subscription(String, '/fault_diagnoser/events', self._on_event, latched)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 50)

    @property
    def now_s(self) -> float:
        """Give the clock of the node."""
        return self.get_clock().now().nanoseconds * 1e-9

    @property
    def watched_s(self) -> float:
        """Give the time since the injector first spoke."""
        return self.now_s - self.record.first_s if self.record.first_s else 0.0

    def _on_event(self, message: String) -> None:
        self.record.add_event(message.data, self.now_s)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == 'fault_diagnoser: layers':
                self.layers, self.message = read_values(status), status.message

    def figures(self) -> dict[str, Any]:
        """Give recall, false alarms and delays, ready for JSON."""
        return {
            **self.record.figures(self.record.alarms, self.now_s, self.watched_s),
            'layers': self.message,
            'model': self.layers.get('model', ''),
        }


def monitor_acceptance(should_stop: Callable[[float], bool]) -> dict[str, Any]:
    """Watch until told to stop, then give the figures.

    Args:
        should_stop: asked ten times a second with the seconds that were watched.
    """
    prepare_process()
    context = rclpy.Context()
    rclpy.init(context=context, signal_handler_options=SignalHandlerOptions.NO)
    monitor = AcceptanceMonitor(context=context)
    executor = make_executor(context)
    executor.add_node(monitor)
    try:
        while not should_stop(monitor.watched_s):
            executor.spin_once(timeout_sec=0.1)
        return monitor.figures()
    finally:
        executor.shutdown()
        monitor.destroy_node()
        context.try_shutdown()
