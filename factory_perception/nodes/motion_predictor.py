"""The motion predictor: joint states of one or many robots in, forecasts and residuals out."""

from __future__ import annotations

from collections.abc import Sequence
import sys
import traceback
from typing import Any, ClassVar

from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState

from factory_perception.bridge.diagnostic_msgs import Status
from factory_perception.engines.slot import EngineSlot
from factory_perception.motion.chain import Chain
from factory_perception.motion.forecaster import Forecaster
from factory_perception.motion.predictor import MotionForecaster, Predictor
from factory_perception.nodes.motion_forecasters import load_forecaster, untrained_forecaster
from factory_perception.nodes.motion_predictor_parameters import MotionPredictorParameters
from factory_perception.nodes.motion_stream import MotionStream
from factory_perception.nodes.motion_words import forecaster_status
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import memory_mb, run
from factory_perception.nodes.robot_description import RobotDescription


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
        self._streams: list[MotionStream] = []
        self._first: Subscription | None = None
        self._description: RobotDescription | None = None
        self._armed = self._active = False
        self._trouble_text = self._told_trouble = ''
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Load the model and warm it up; without one, wait for the first joint state."""
        values = self.values
        joints = [joint for joint in values.joints if joint]
        if values.model:
            self._engine, self._forecaster = load_forecaster(self, values)
        elif joints:
            self._forecaster = untrained_forecaster(self, joints, values)
        if self._forecaster is not None:
            self._prepare(self._forecaster)

    def _prepare(self, forecaster: MotionForecaster) -> None:
        """Make histories and topics for the joints of the forecaster."""
        values = self.values
        self._predictor = predictor = Predictor(
            forecaster, len(values.robots), values.residual_horizon,
            round(values.max_gap * 1e9), values.max_speed,
        )  # fmt: skip
        self._streams = [
            MotionStream(self, robot, number, predictor, values.timeout, self._wake)
            for number, robot in enumerate(values.robots)
        ]
        self._description = RobotDescription(self, forecaster.joints, values.tip, self._draw_along)
        if values.robot_description:
            self._description.read(values.robot_description)

    def activate(self) -> None:
        """Listen."""
        self._trouble_text, self._active = '', True
        if self._predictor is None:
            self._first = self._first_look()
        else:
            self._listen()

    def _first_look(self) -> Subscription:
        """Listen for the names of the joints."""
        robot = self.values.robots[0]
        topic = f'{robot}/joint_states' if robot else 'joint_states'
        qos = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        return self.create_subscription(JointState, topic, self._on_first, qos)

    def _on_first(self, message: JointState) -> None:
        if self._predictor is not None or not message.name:
            return
        try:
            self._forecaster = untrained_forecaster(self, message.name, self.values)
            self._prepare(self._forecaster)
        except ValueError as error:
            if str(error) != self._trouble_text:
                self.get_logger().error(str(error))
            self._trouble_text = str(error)
            return
        for stream in self._streams:
            stream.output.activate()
        self._trouble_text = ''
        self._listen()

    def _listen(self) -> None:
        for stream in self._streams:
            stream.listen()
        if self._description is not None and not self.values.robot_description:
            self._description.listen()

    def deactivate(self) -> None:
        """Stop listening."""
        self._active = False
        for stream in self._streams:
            stream.close()
        if self._description is not None:
            self._description.close()
        if self._first is not None:
            self.destroy_subscription(self._first)
            self._first = None

    def cleanup(self) -> None:
        """Free the engine and the publishers."""
        for stream in self._streams:
            stream.output.destroy()
        self._streams = []
        self._predictor = self._forecaster = self._description = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _draw_along(self, chain: Chain) -> None:
        for stream in self._streams:
            stream.output.chain = chain

    # Output ---------------------------------------------------------------------------------------

    def _wake(self) -> None:
        """Have the rows forecast that wait, once the messages are taken that are there already."""
        if not self._armed:
            self._armed = True
            assert self.executor is not None
            self.executor.create_task(self._advance)

    def _advance(self) -> None:
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
            self._streams[outcome.robot].publish(outcome)

    def _take_upgrade(self) -> None:
        if self._engine is not None and self._engine.take_upgrade():
            assert isinstance(self._forecaster, Forecaster)
            self._forecaster.use(self._engine.current)
            self.get_logger().info(self._engine.status)

    def _failed(self, error: Exception) -> None:
        self._trouble_text = f'{type(error).__name__}: {error}'
        if self._trouble_text != self._told_trouble:
            self._told_trouble = self._trouble_text
            self.get_logger().error(f'no forecast: {self._trouble_text}\n{traceback.format_exc()}')

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report who forecasts, and the stream of every robot."""
        for stream in self._streams:
            stream.output.look()
        values: dict[str, object] = {'memory_mb': memory_mb()}
        if self._predictor is not None:
            values['residual_horizon_s'] = self._predictor.residual_s
        if self._description is not None and self._description.trouble:
            values['markers'] = self._description.trouble
        owner = 'the parameter joints'
        if self._engine is not None:
            owner = f'the model {self._engine.current.info.model}'
        trouble = self._trouble_text
        if self._predictor is not None:
            self._trouble_text = ''  # a row that failed is told once; the next may go well
        return [
            forecaster_status(self._forecaster, self._engine, trouble, values),
            *(stream.status(owner) for stream in self._streams),
        ]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(MotionPredictorNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
