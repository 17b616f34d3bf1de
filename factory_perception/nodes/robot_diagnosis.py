"""The hands of the fault diagnoser: what it hears of one robot, and which layers judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState

from factory_perception.bridge.diagnostic_msgs import Status
from factory_perception.bridge.fault_msgs import layers_status
from factory_perception.bridge.joint_bytes import JointReading
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.engines.engine import Engine
from factory_perception.engines.selection import open_engine
from factory_perception.faults.calibration import (
    Calibration,
    CalibrationError,
    unpack_calibration,
)
from factory_perception.faults.classifier import FaultClassifier, read_fault_model
from factory_perception.faults.diagnoser import Diagnoser, DiagnoserSettings
from factory_perception.faults.verdict import Verdict
from factory_perception.files import write_atomic
from factory_perception.model_store.store import default_store
from factory_perception.motion.oddities import Oddities
from factory_perception.nodes.fault_diagnoser_parameters import FaultDiagnoserParameters
from factory_perception.nodes.joint_health import JointHealth
from factory_perception.nodes.joint_input import JointInput


class _Nobody:
    """Stands in until the first joint state has told the joints."""

    joints: tuple[str, ...] = ()
    resets = 0

    def __init__(self) -> None:
        self.oddities = Oddities()


class RobotDiagnosis:
    """Feeds the joint states of one robot to a diagnoser."""

    def __init__(
        self,
        node: Node,
        values: FaultDiagnoserParameters,
        also: Callable[[JointReading], None],
        judged: Callable[[int], object],
    ) -> None:
        """Read what was learned before; nothing is heard yet.

        Args:
            node: the node that listens.
            values: its parameters.
            also: is given every joint state before it is judged.
            judged: called with the time when verdicts are new.

        Raises:
            ModelError: the model cannot be used.
            CalibrationError: the file of limits is broken.
            ValueError: a joint is named twice.
        """
        self._node, self._values = node, values
        self._also, self._judged = also, judged
        self._clock = node.get_clock()
        self._engine: Engine | None = None
        self._classifier: FaultClassifier | None = None
        self._calibration: Calibration | None = None
        self._diagnoser: Diagnoser | None = None
        self._input: JointInput | None = None
        self._reference: Subscription | None = None
        #: Name and version of the trained model at work; '' without one.
        self.model = ''
        self._refused = self._unwritten = ''
        topic = node.resolve_topic_name('joint_states')
        self._health = JointHealth('joint_states', topic, values.timeout, _Nobody())
        if values.model:
            self._load()
        self._file = Path(values.calibration_file).expanduser() if values.calibration_file else None
        if self._file is not None and self._file.exists():
            self._calibration = unpack_calibration(self._file.read_bytes(), str(self._file))
        joints = [joint for joint in values.joints if joint]
        if joints:
            self._watch(joints)

    def _load(self) -> None:
        folder = default_store(self._values.model_store).find(self._values.model)
        model = read_fault_model(folder)
        self._engine = open_engine(folder, 'onnxruntime', 'fp32')
        self._classifier = FaultClassifier(model, self._engine)
        self.model = model.label

    def _watch(self, joints: Sequence[str]) -> None:
        values = self._values
        settings = DiagnoserSettings(values.calibration_s, values.margin, values.timeout)
        learned = self._classifier.model.calibration if self._classifier else self._calibration
        if learned is not None and set(learned.joints) < set(joints):
            joints = learned.joints  # a gripper may be among the joint states
        try:
            diagnoser = Diagnoser(joints, settings, self._calibration, self._classifier)
        except CalibrationError as error:
            self._refused = f'{self.model or "the file of limits"} is refused: {error}'
            self._node.get_logger().error(self._refused)
            self.model = ''
            diagnoser = Diagnoser(joints, settings)
        diagnoser.calibrated = self._keep
        self._diagnoser = self._health.taker = diagnoser

    def listen(self) -> None:
        """Subscribe."""
        self._input = JointInput(self._node, self._health.topic, self._health, self._on_joints)
        qos = QoSProfile(depth=250, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._reference = self._node.create_subscription(
            JointState, 'joint_reference', self._on_reference, qos
        )

    def close(self) -> None:
        """Stop listening."""
        if self._input is not None:
            self._input.close()
        if self._reference is not None:
            self._node.destroy_subscription(self._reference)
        self._input = self._reference = None

    def free(self) -> None:
        """Free the engine."""
        if self._engine is not None:
            self._engine.close()

    @property
    def listens(self) -> bool:
        """Say whether it is subscribed."""
        return self._input is not None

    @property
    def joints(self) -> tuple[str, ...]:
        """Give what is watched; nothing until the joints are known."""
        return self._diagnoser.joints if self._diagnoser is not None else ()

    def verdicts(self, now_ns: int) -> list[Verdict]:
        """Say what is wrong, now."""
        if self._diagnoser is None:
            return []
        return self._diagnoser.stream_verdicts(now_ns) + self._diagnoser.verdicts

    def _on_joints(self, reading: JointReading) -> None:
        now_ns = self._clock.now().nanoseconds
        self._health.count_received(reading.names)
        self._also(reading)
        try:
            sample = reading.sample(now_ns)
            if self._diagnoser is None:
                self._watch(reading.names)
        except (StampError, ValueError) as error:
            assert self._input is not None
            self._input.refuse(error)
            return
        assert self._diagnoser is not None
        if self._diagnoser.add(sample):
            self._health.published += 1
            self._judged(now_ns)

    def _on_reference(self, message: JointState) -> None:
        if self._diagnoser is None:
            return
        try:
            stamp = stamp_ns(message.header.stamp)
        except StampError as error:
            self._node.get_logger().warning(f'joint_reference: {error}', once=True)
            return
        self._diagnoser.add_reference(stamp, message.name, message.position)

    def _keep(self, calibration: Calibration) -> None:
        """Write limits that were just learned to their file."""
        self._node.get_logger().info(f'limits learned from {calibration.frames} blocks')
        if self._file is None or self._refused:  # a file of another robot stays
            return
        try:
            write_atomic(self._file, calibration.pack())
        except OSError as error:
            self._unwritten = f'the limits cannot be kept: {error.strerror}'
            self._node.get_logger().error(self._unwritten)

    def status(self) -> Status:
        """Say which layers are at work, and how the stream is that they work on."""
        assert self._input is not None
        silence = self._input.explain() if self._health.is_silent else ''
        publishers = self._input.publishers()
        owner = f'the model {self.model}' if self.model else 'the list of joints'
        level, words = self._health.judge(silence, publishers, owner, '')
        facts = self._health.facts(publishers)
        trouble = self._refused or self._unwritten
        return layers_status(self._diagnoser, self.model, trouble, (level, words, facts))
