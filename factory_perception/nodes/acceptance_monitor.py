"""Watches an acceptance run: the truth of the injector, the events of the diagnoser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import json
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
import rclpy
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import String

from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.cell.faults import JOINTLESS
from factory_perception.faults.scoring import Alarm, match, summarise, TrueFault
from factory_perception.faults.stream_layer import STREAM
from factory_perception.nodes.process import make_executor, prepare_process

#: Faults that are there at once.
STEP_KINDS = ('collision', 'payload_change', 'sensor_stuck', 'sensor_dropout')
_NO_END = float('inf')


class AcceptanceMonitor(Node):
    """Collects true faults and alarms; times are seconds of the clock of this node."""

    def __init__(self, **options: Any) -> None:
        super().__init__('acceptance_monitor', **options)
        self.truths: dict[tuple[str, str, float], TrueFault] = {}
        self.alarms: list[Alarm] = []
        self.layers: dict[str, str] = {}
        self.message = ''
        self.first_s = 0.0
        self._open: dict[str, Alarm] = {}
        latched = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(DiagnosticArray, '/fault_injector/gt/faults', self._on_truth, 50)
        self.create_subscription(String, '/fault_diagnoser/events', self._on_event, latched)
        self.create_subscription(DiagnosticArray, '/diagnostics', self._on_diagnostics, 50)

    @property
    def now_s(self) -> float:
        """Give the clock of the node."""
        return self.get_clock().now().nanoseconds * 1e-9

    @property
    def watched_s(self) -> float:
        """Give the time since the injector first spoke."""
        return self.now_s - self.first_s if self.first_s else 0.0

    def _on_truth(self, message: DiagnosticArray) -> None:
        stamp_s = stamp_ns(message.header.stamp) * 1e-9
        self.first_s = self.first_s or stamp_s
        for status in message.status:
            values = read_values(status)
            onset = stamp_s - float(values['age_s'])
            end = stamp_s + float(values['remaining_s'])
            joint = '' if values['fault'] in JOINTLESS else values['joint']
            key = (values['fault'], joint, round(onset, 1))
            self.truths.setdefault(key, TrueFault(values['fault'], joint, onset, end))

    def _on_event(self, message: String) -> None:
        event = json.loads(message.data)
        references = {one['referenceKey']: one['referenceValue']
                      for one in event['errorReferences']}  # fmt: skip
        part, fault = references['part'], event['errorType'].split('.', 1)[1]
        now = self.now_s
        before = self._open.pop(part, None)
        if event['change'] == 'raised':
            self._open[part] = Alarm(part, ((fault, now),), now, _NO_END)
        elif before is not None and event['change'] == 'renamed':
            self._open[part] = before.renamed(fault, now)
        elif before is not None:
            self.alarms.append(replace(before, cleared_s=now))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name == 'fault_diagnoser: layers':
                self.layers, self.message = read_values(status), status.message

    def figures(self) -> dict[str, Any]:
        """Give recall, false alarms and delays, ready for JSON."""
        end = self.now_s
        truths = [one for one in self.truths.values() if one.onset_s < end - 1.0]
        alarms = [*self.alarms, *self._open.values()]
        outcomes, false = match(truths, [one for one in alarms if one.part != STREAM])
        return {
            **summarise(outcomes, len(false), self.watched_s / 3600.0, STEP_KINDS),
            'seconds': round(self.watched_s, 1),
            'layers': self.message,
            'model': self.layers.get('model', ''),
            # A machine too slow for the stream is no fault of a joint; told, and counted here.
            'stream_alarms': sum(one.part == STREAM for one in alarms),
            'false': [
                {'part': one.part, 'faults': [name for name, _ in one.names]} for one in false
            ],
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
