"""The motion predictor: joint states of one or many robots in, forecasts and residuals out."""

from __future__ import annotations

from collections.abc import Sequence
import sys
import traceback
from typing import Any, ClassVar

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState
from std_msgs.msg import Header, String

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.stamps import stamp_ns, StampError, to_stamp
from factory_perception.engines.selection import serve
from factory_perception.engines.slot import EngineSlot
from factory_perception.model_store.store import default_store
from factory_perception.motion.chain import ChainError, read_chain
from factory_perception.motion.forecast_spec import NETWORK, read_spec
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.predictor import MotionForecaster, Predictor
from factory_perception.motion.stillness import LONG_NS
from factory_perception.motion.untrained import UntrainedForecaster
from factory_perception.nodes.joint_health import JointHealth
from factory_perception.nodes.joint_input import DEPTH, JointInput
from factory_perception.nodes.motion_outputs import MotionOutputs
from factory_perception.nodes.motion_predictor_parameters import MotionPredictorParameters
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import memory_mb, run

#: Time between two rows without a model.
_UNTRAINED_STEP_NS = 25_000_000
_LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class MotionPredictorNode(PerceptionNode[MotionPredictorParameters]):
    """One model for one or many robots.

    Samples go into the histories as they arrive. Rows that are complete are forecast in a task of
    the executor, after the messages that wait already, so that robots go through the network
    together.
    """

    table: ClassVar[type] = MotionPredictorParameters

    def __init__(self, name: str = 'motion_predictor', **options: Any) -> None:
        self._engine: EngineSlot | None = None
        self._forecaster: MotionForecaster | None = None
        self._predictor: Predictor | None = None
        self._inputs: list[JointInput] = []
        self._others: list[Subscription] = []
        self._outputs: list[MotionOutputs] = []
        self._health: list[JointHealth] = []
        self._arrivals: list[tuple[str, int]] = []
        self._armed = self._active = False
        self._trouble_text = self._chain_text = ''
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Load the model and warm it up; without one, wait for the first joint state."""
        values = self.values
        joints = [joint for joint in values.joints if joint]
        if values.model:
            self._load(values)
        elif joints:
            self._forecaster = self._untrained(joints)
        if self._forecaster is not None:
            self._prepare(self._forecaster)

    def _load(self, values: MotionPredictorParameters) -> None:
        folder = default_store(values.model_store).find(values.model)
        spec = read_spec(folder.manifest)
        robots = len(values.robots)
        self._engine = serve(folder, values.backend, 'fp32', 1, robots)
        seconds = self._engine.current.warm_up()
        self._forecaster = Forecaster(spec, self._engine.current, robots)
        self.get_logger().info(
            f'{folder.label}: {self._engine.status}; {seconds * 1e3:.2f} ms a step; '
            f'{self._methods()}'
        )

    def _untrained(self, joints: Sequence[str]) -> UntrainedForecaster:
        values = self.values
        self.get_logger().warning(
            f'no model: constant velocity forecasts the joints {", ".join(joints)}'
        )
        return UntrainedForecaster(joints, _UNTRAINED_STEP_NS, values.horizons, len(values.robots))

    def _prepare(self, forecaster: MotionForecaster) -> None:
        """Make histories and topics for the joints of the forecaster."""
        values = self.values
        self._predictor = Predictor(
            forecaster, len(values.robots), values.residual_horizon,
            round(values.max_gap * 1e9), values.max_speed,
        )  # fmt: skip
        self._outputs = [MotionOutputs(self, robot, forecaster.joints) for robot in values.robots]
        self._arrivals = [('', 0)] * len(values.robots)
        self._health = [
            JointHealth(
                robot or 'joints', self._topic(robot, 'joint_states'), values.timeout, history
            )
            for robot, history in zip(values.robots, self._predictor.histories)
        ]
        if values.robot_description:
            self._read_description(values.robot_description)

    def _topic(self, robot: str, name: str) -> str:
        return self.resolve_topic_name(f'{robot}/{name}' if robot else name)

    def activate(self) -> None:
        """Listen."""
        self._trouble_text, self._active = '', True
        if self._predictor is None:
            self._others.append(self._first_look())
        else:
            self._listen()

    def _first_look(self) -> Subscription:
        """Listen for the names of the joints."""
        topic = self._topic(self.values.robots[0], 'joint_states')
        qos = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        return self.create_subscription(JointState, topic, self._on_first, qos)

    def _on_first(self, message: JointState) -> None:
        if self._predictor is not None or not message.name:
            return
        try:
            self._forecaster = self._untrained(message.name)
            self._prepare(self._forecaster)
        except ValueError as error:
            if str(error) != self._trouble_text:
                self.get_logger().error(str(error))
            self._trouble_text = str(error)
            return
        for output in self._outputs:
            output.activate()
        self._trouble_text = ''
        self._listen()

    def _listen(self) -> None:
        assert self._predictor is not None
        values = self.values
        for robot, health in enumerate(self._health):
            self._inputs.append(JointInput(self, health.topic, health, self._receiver(robot)))
            if self._predictor.forecaster.wants_plan:
                topic = self._topic(values.robots[robot], 'joint_reference')
                qos = QoSProfile(depth=DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT)
                take = self._reference_receiver(robot)
                self._others.append(self.create_subscription(JointState, topic, take, qos))
            self.get_logger().info(f'listening to {health.topic}')
        if not values.robot_description:
            self._others.append(
                self.create_subscription(
                    String, 'robot_description', self._on_description, _LATCHED
                )
            )

    def deactivate(self) -> None:
        """Stop listening."""
        self._active = False
        for source in self._inputs:
            source.close()
        for subscription in self._others:
            self.destroy_subscription(subscription)
        self._inputs, self._others = [], []

    def cleanup(self) -> None:
        """Free the engine and the publishers."""
        for output in self._outputs:
            output.destroy()
        self._outputs, self._health = [], []
        self._predictor = self._forecaster = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    # Input ----------------------------------------------------------------------------------------

    def _receiver(self, robot: int) -> Any:
        health, predictor, clock = self._health[robot], self._predictor, self.get_clock()
        assert predictor is not None

        def receive(message: JointState) -> None:
            now_ns = clock.now().nanoseconds
            names = message.name
            health.count_received(names)
            try:
                stamp = stamp_ns(message.header.stamp)
            except StampError as error:
                if health.count_rejected(str(error)):
                    self.get_logger().warning(f'{health.topic}: {error}')
                return
            self._arrivals[robot] = (message.header.frame_id, now_ns)
            waits = predictor.add(
                robot, stamp, names, message.position, message.velocity, message.effort, now_ns
            )
            if waits and not self._armed:
                self._armed = True
                assert self.executor is not None
                self.executor.create_task(self._advance)

        return receive

    def _reference_receiver(self, robot: int) -> Any:
        predictor = self._predictor
        assert predictor is not None

        def receive(message: JointState) -> None:
            try:
                stamp = stamp_ns(message.header.stamp)
            except StampError as error:
                self._trouble_text = f'joint_reference: {error}'
                return
            stamp = stamp or self.get_clock().now().nanoseconds
            predictor.plans[robot].add(stamp, message.name, message.position, message.velocity)

        return receive

    def _on_description(self, message: String) -> None:
        self._read_description(message.data)

    def _read_description(self, urdf: str) -> None:
        assert self._forecaster is not None
        try:
            chain = read_chain(urdf, self._forecaster.joints, self.values.tip)
        except ChainError as error:
            self._chain_text = str(error)
            self.get_logger().warning(f'no markers: {error}')
            return
        self._chain_text = ''
        for output in self._outputs:
            output.chain = chain

    # Output ---------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Forecast all rows that wait; runs after the messages that were there already."""
        self._armed = False
        if self._predictor is None or not self._active:
            return
        try:
            self._take_upgrade()
            outcomes = self._predictor.advance()
        except Exception as error:  # the node must outlive whatever one row does to it
            self._failed(error)
            return
        for outcome in outcomes:
            health = self._health[outcome.robot]
            frame_id, received_ns = self._arrivals[outcome.robot]
            sample_ns = self._predictor.histories[outcome.robot].sample_ns
            header = Header(stamp=to_stamp(sample_ns), frame_id=frame_id)
            self._outputs[outcome.robot].publish(outcome, header)
            now_ns = self.get_clock().now().nanoseconds
            health.published += 1
            health.latency.add(now_ns - sample_ns)
            health.work.add(now_ns - received_ns)

    def _take_upgrade(self) -> None:
        if self._engine is not None and self._engine.take_upgrade():
            assert isinstance(self._forecaster, Forecaster)
            self._forecaster.use(self._engine.current)
            self.get_logger().info(self._engine.status)

    def _failed(self, error: Exception) -> None:
        trouble = f'{type(error).__name__}: {error}'
        if trouble != self._trouble_text:
            self.get_logger().error(f'no forecast: {trouble}\n{traceback.format_exc()}')
        self._trouble_text = trouble

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report who forecasts, and the stream of every robot."""
        for output in self._outputs:
            output.look()
        statuses = [self._forecaster_status()]
        for source, health in zip(self._inputs, self._health):
            silence = source.explain() if health.is_silent else ''
            statuses.append(
                health.status(
                    silence, source.publishers(), self._owner(), self._plan_text(health),
                    self._still_text(health),
                )
            )  # fmt: skip
        return statuses

    def _owner(self) -> str:
        if self._engine is None:
            return 'the parameter joints'
        return f'the model {self._engine.current.info.model}'

    def _plan_text(self, health: JointHealth) -> str:
        predictor = self._predictor
        assert predictor is not None
        robot = self._health.index(health)
        history = predictor.histories[robot]
        if predictor.forecaster.wants_plan and not predictor.plans[robot].known(history.stamp_ns):
            topic = self._topic(self.values.robots[robot], 'joint_reference')
            return f'the model needs what the controller plans, but {topic} gives nothing'
        return ''

    def _still_text(self, health: JointHealth) -> str:
        assert self._predictor is not None
        still_ns = self._predictor.still[self._health.index(health)].still_ns
        if still_ns <= LONG_NS:
            return ''
        return (
            f'the robot has stood still for {still_ns * 1e-9:.0f} s: its position is the forecast'
        )

    def _methods(self) -> str:
        """Say who forecasts each horizon."""
        assert self._forecaster is not None
        pairs = zip(self._forecaster.horizons_s.tolist(), self._forecaster.methods)
        naive = [f'{name} at {horizon * 1e3:g} ms' for horizon, name in pairs if name != NETWORK]
        if not naive:
            return 'the network forecasts every horizon'
        why = 'which was better than the network on validation data' if self._engine else 'no model'
        return f'{", ".join(naive)}, {why}'

    def _forecaster_status(self) -> Status:
        if self._forecaster is None:
            text = self._trouble_text or 'no model, and no joint state yet to learn the joints from'
            return Status('forecaster', Level.WARN, text)
        forecaster = self._forecaster
        values: dict[str, object] = {
            'joints': ', '.join(forecaster.joints),
            'step_ms': forecaster.step_ns * 1e-6,
            'horizons_s': ', '.join(f'{one:g}' for one in forecaster.horizons_s.tolist()),
            'methods': ', '.join(forecaster.methods),
            'memory_mb': memory_mb(),
        }
        if self._predictor is not None:
            values['residual_horizon_s'] = self._predictor.residual_s
        if self._chain_text:
            values['markers'] = self._chain_text
        message = self._methods()
        if self._engine is not None:
            info = self._engine.current.info
            message = f'{info.model} on {info.backend}: {message}'
            values |= {
                'model': info.model,
                'model_sha256': info.model_sha256,
                'backend': info.backend,
                'device': info.device,
                'precision': info.precision,
                'status': self._engine.status,
            }
        level = Level.OK
        if self._trouble_text:
            level, message = Level.ERROR, self._trouble_text
        return Status('forecaster', level, message, values)


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(MotionPredictorNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
