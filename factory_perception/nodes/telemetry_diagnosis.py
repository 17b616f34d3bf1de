"""The slow sense of the fault diagnoser: a row a second of speeds, efforts and temperatures."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState, Temperature

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.engines.engine import EngineError
from factory_perception.engines.selection import open_engine
from factory_perception.faults.telemetry_model import read_telemetry_model, TelemetryClassifier
from factory_perception.faults.telemetry_watch import TelemetryWatch
from factory_perception.faults.verdict import Verdict
from factory_perception.model_store.store import default_store
from factory_perception.motion.joint_reader import JointReader
from factory_perception.motion.oddities import Oddities
from factory_perception.nodes.fault_diagnoser_parameters import FaultDiagnoserParameters


class TelemetryDiagnosis:
    """Runs a telemetry model beside the other layers."""

    def __init__(
        self, node: Node, values: FaultDiagnoserParameters, changed: Callable[[], object]
    ) -> None:
        """Load the model; nothing is heard yet.

        Args:
            node: the node that listens.
            values: its parameters.
            changed: called when verdicts may have changed.

        Raises:
            ModelError, EngineError: the model cannot be used.
        """
        self._node, self._changed = node, changed
        folder = default_store(values.model_store).find(values.telemetry_model)
        known = read_telemetry_model(folder)
        self._engine = open_engine(folder, 'onnxruntime', 'fp32')
        self._watch = TelemetryWatch(TelemetryClassifier(known, self._engine))
        self._reader = JointReader(known.joints, Oddities())
        self._inputs: list[Subscription] = []
        self._trouble = 'no joint state has come yet'
        self.label = known.label

    def listen(self) -> None:
        """Subscribe."""
        self._inputs = [
            self._subscribe(JointState, 'joint_states', self._on_joints),
            self._subscribe(Temperature, 'joint_temperatures', self._on_temperature),
        ]

    def _subscribe(self, kind: type, topic: str, callback: Callable[..., None]) -> Subscription:
        qos = QoSProfile(depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
        return self._node.create_subscription(
            kind, topic, callback, qos,
            qos_overriding_options=QoSOverridingOptions.with_default_policies(),
        )  # fmt: skip

    def close(self) -> None:
        """Stop listening."""
        for subscription in self._inputs:
            self._node.destroy_subscription(subscription)
        self._inputs = []
        self._watch.reset()

    def free(self) -> None:
        """Give the engine back."""
        self._engine.close()

    @property
    def verdicts(self) -> list[Verdict]:
        """Say what is wrong."""
        return self._watch.verdicts

    def status(self) -> Status:
        """Say whether the model is at work, and if not, what it lacks."""
        missing = ', '.join(self._watch.missing())
        trouble = self._trouble or (f'no {missing} has come yet' if missing else '')
        text = f'{self.label}: {trouble}' if trouble else f'{self.label} judges a row a second'
        level = Level.WARN if trouble else Level.OK
        return Status('telemetry', level, text, {'model': self.label})

    def _on_joints(self, message: JointState) -> None:
        absent = set(self._watch.joints) - set(message.name)
        if absent:
            names = ', '.join(message.name) or 'none'
            self._trouble = f'joints {", ".join(sorted(absent))} are missing among {names}'
            return
        try:
            stamp = stamp_ns(message.header.stamp)
            sample = self._reader.read(
                message.name, message.position, message.velocity, message.effort
            )
            if sample is not None and self._watch.add(stamp, sample):
                self._changed()
        except (StampError, EngineError) as error:
            self._trouble = str(error)
            return
        self._trouble = ''

    def _on_temperature(self, message: Temperature) -> None:
        self._watch.set(message.header.frame_id, 'temperature', message.temperature)
