"""The fault injector: a copy of a stream of joint states with faults in it, and the truth beside.

For trying out a diagnosis on a robot that must not be broken. Nothing is sent to the robot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import json
import sys
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from factory_perception.bridge.cell_msgs import write_faults
from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import stamp_ns, StampError, to_stamp
from factory_perception.cell.fault_plan import FaultHabits, random_faults
from factory_perception.cell.faults import Fault, make_fault
from factory_perception.cell.seeds import stream
from factory_perception.cell.signal_faults import signal_fault, SIGNAL_FAULTS, SignalFault
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run

TRUTH_PERIOD_S = 0.2
#: Drives rarely use more than a third of what they can.
_LIMIT_OVER_SEEN = 3.0
#: Faults that come by themselves are drawn for so long.
_HORIZON_S = 24 * 3600.0
#: A mass at the tool has no joint of its own: it cannot be drawn for a robot that is not known.
_DRAWN = tuple(kind for kind in SIGNAL_FAULTS if kind != 'payload_change')


@dataclass(frozen=True)
class FaultInjectorParameters(NodeParameters):
    """What can be set on a fault injector."""

    faults: list[str] = parameter(
        [''],
        'Faults as JSON objects with kind, joint, severity, onset_s (from the first sample), '
        'ramp_s, duration_s.',
    )
    auto: bool = parameter(False, 'Let faults come and go by themselves.')
    first_s: float = parameter(10.0, 'No fault comes by itself before this time.', low=0.0)
    pause_s: float = parameter(
        8.0, 'Mean time between two faults that come by themselves.', low=1.0
    )
    seed: int = parameter(0, 'Another seed, other faults.', low=0)
    effort_scale: float = parameter(
        0.0, 'What counts as a large effort; 0 takes three times the largest seen.', low=0.0
    )


class FaultInjectorNode(PerceptionNode[FaultInjectorParameters]):
    """Copies ``joint_states`` to ``~/joint_states`` and puts faults on the copy."""

    table: ClassVar[type] = FaultInjectorParameters

    def __init__(self, name: str = 'fault_injector', **options: Any) -> None:
        self._faults: list[Fault] = []
        self._effects: dict[Fault, SignalFault] = {}
        self._inputs: list[Subscription] = []
        self._outputs: list[Publisher] = []
        self._first_ns = self._told_ns = 0
        self._names: tuple[str, ...] = ()
        self._seen: dict[str, float] = {}
        self._copied = self._broken = 0
        self._active: tuple[Fault, ...] = ()
        self._refused = ''
        super().__init__(name, **options)

    def configure(self) -> None:
        """Check the plan; create the topics."""
        for text in filter(None, self.values.faults):
            _parse(text)
        qos = QoSProfile(depth=250)
        self._copy = self.create_publisher(JointState, '~/joint_states', qos)
        self._truth = self.create_publisher(DiagnosticArray, '~/gt/faults', QoSProfile(depth=10))
        self._outputs = [self._copy, self._truth]

    def activate(self) -> None:
        """Begin to copy."""
        self._first_ns = self._told_ns = 0
        self._faults, self._effects, self._refused = [], {}, ''
        qos = QoSProfile(depth=250, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._inputs = [
            self.create_subscription(JointState, 'joint_states', self._on_joints, qos),
            self.create_subscription(String, '~/inject', self._on_inject, 10),
        ]

    def deactivate(self) -> None:
        """Stop copying."""
        for source in self._inputs:
            self.destroy_subscription(source)
        self._inputs = []

    def cleanup(self) -> None:
        """Take the topics away."""
        for publisher in self._outputs:
            self.destroy_publisher(publisher)
        self._outputs = []

    def _on_joints(self, message: JointState) -> None:
        try:
            stamp = stamp_ns(message.header.stamp) or self.get_clock().now().nanoseconds
        except StampError:
            self._broken += 1
            return
        if not self._first_ns:
            self._begin(stamp, tuple(message.name))
        channels = [np.asarray(part) for part in (message.position, message.velocity,
                                                  message.effort)]  # fmt: skip
        if any(part.size not in (0, len(message.name)) for part in channels):
            self._broken += 1
            return
        self._see(message.name, channels[2])
        active = tuple(fault for fault in self._faults if fault.active(stamp * 1e-9))
        for fault in active:
            channels = list(self._effect(fault).apply(message.name, stamp, *channels))
        position, velocity, effort = channels
        self._copy.publish(
            write_joint_state(message.name, position, velocity, effort, message.header)
        )
        self._copied += 1
        if active != self._active or stamp - self._told_ns > TRUTH_PERIOD_S * 1e9:
            self._active, self._told_ns = active, stamp
            self._truth.publish(write_faults(active, stamp * 1e-9, to_stamp(stamp)))

    def _begin(self, stamp: int, names: tuple[str, ...]) -> None:
        self._first_ns, self._names = stamp, names
        values = self.values
        for text in filter(None, values.faults):
            try:
                self._add(_parse(text))
            except (ValueError, TypeError) as error:  # only now the joints are known
                self._refused = f'refused: {error}'
                self.get_logger().error(self._refused)
        if values.auto:
            habits = FaultHabits(_DRAWN, (values.pause_s / 2, values.pause_s * 1.5), (0.5, 1.0))
            drawn = random_faults(
                habits, names, stream(values.seed, 'injector'), _HORIZON_S, values.first_s
            )
            self._faults += [self._later(fault) for fault in drawn]

    def _later(self, fault: Fault) -> Fault:
        """Shift a fault from the time since the first sample to the time of stamps."""
        zero = self._first_ns * 1e-9
        return replace(fault, onset_s=fault.onset_s + zero, end_s=fault.end_s + zero)

    def _add(self, request: Mapping[str, Any], now_s: float = 0.0) -> None:
        joint = str(request.get('joint', ''))
        fault = make_fault(
            request['kind'], joint, float(request.get('severity', 1.0)),
            float(request.get('onset_s', now_s)), float(request.get('ramp_s', 0.0)),
            float(request.get('duration_s', 10.0)), self._names,
        )  # fmt: skip
        fault = self._later(replace(fault, joint=joint))
        self._effect(fault)  # refuses what has no form on signals
        self._faults.append(fault)

    def _effect(self, fault: Fault) -> SignalFault:
        if fault not in self._effects:
            seen = self._seen.get(fault.joint, 1.0) * _LIMIT_OVER_SEEN
            scale = self.values.effort_scale or seen
            self._effects[fault] = signal_fault(fault, self.values.seed, scale)
        return self._effects[fault]

    def _see(self, names: Sequence[str], effort: np.ndarray) -> None:
        for name, value in zip(names, np.abs(effort).tolist()):
            if value > self._seen.get(name, 0.0):
                self._seen[name] = value

    def _on_inject(self, message: String) -> None:
        """Take JSON such as ``{"kind": "friction_rise", "joint": "joint_3", "severity": 0.8}``."""
        try:
            request = _parse(message.data)
            now_s = (self.get_clock().now().nanoseconds - self._first_ns) * 1e-9
            if not self._first_ns:
                raise ValueError('no joint state has come yet')
            self._add(request, now_s)
        except (ValueError, TypeError) as error:
            self.get_logger().warning(f'refused: {error}')

    def health(self) -> Sequence[Status]:
        """Report what was copied and which faults are in it."""
        values = {'copied': self._copied, 'broken': self._broken, 'planned': len(self._faults)}
        names = ', '.join(f'{one.kind} {one.joint}'.strip() for one in self._active)
        if self._refused:
            return [Status('copy', Level.ERROR, self._refused, values)]
        return [Status('copy', Level.OK, names or 'no fault now', values)]


def _parse(text: str) -> Mapping[str, Any]:
    request = json.loads(text)
    if not isinstance(request, dict) or 'kind' not in request:
        raise ValueError(f'{text[:80]}: not a JSON object with "kind"')
    if request['kind'] not in SIGNAL_FAULTS:
        raise ValueError(
            f'{request["kind"]} cannot be put on signals; there are {", ".join(SIGNAL_FAULTS)}'
        )
    return request


def inject(values: Mapping[str, Any], arguments: list[str] | None = None) -> int:
    """Run an injector as a process, with parameters given by name."""
    overrides = [Parameter(name, value=value) for name, value in values.items()]
    return run(lambda: FaultInjectorNode(parameter_overrides=overrides), arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(FaultInjectorNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
