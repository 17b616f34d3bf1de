"""One robot of the motion predictor: its joint states, its forecasts, and how both are."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.lifecycle import LifecycleNode
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from factory_perception.bridge.diagnostic_msgs import Status
from factory_perception.bridge.joint_bytes import JointReading
from factory_perception.bridge.stamps import stamp_ns, StampError, to_stamp
from factory_perception.motion.predictor import Outcome, Predictor
from factory_perception.nodes.joint_health import JointHealth
from factory_perception.nodes.joint_input import DEPTH, JointInput
from factory_perception.nodes.motion_outputs import MotionOutputs
from factory_perception.nodes.motion_words import still_words


class MotionStream:
    """Puts the joint states of one robot into its history; publishes what is forecast from it."""

    def __init__(
        self,
        node: LifecycleNode,
        robot: str,
        number: int,
        predictor: Predictor,
        timeout_s: float,
        wake: Callable[[], None],
    ) -> None:
        """Take a robot.

        Args:
            node: the node that listens and speaks.
            robot: prefix of the topics; '' for a node with a single robot.
            number: of the robot in the predictor.
            predictor: keeps the histories.
            timeout_s: how long silence is normal.
            wake: called when rows wait to be forecast.
        """
        self._node, self._number, self._predictor, self._wake = node, number, predictor, wake
        self._clock = node.get_clock()
        prefix = f'{robot}/' if robot else ''
        self.topic = node.resolve_topic_name(f'{prefix}joint_states')
        self._plan_topic = node.resolve_topic_name(f'{prefix}joint_reference')
        history = predictor.histories[number]
        self.health = JointHealth(robot or 'joints', self.topic, timeout_s, history)
        self.output = MotionOutputs(node, robot, predictor.forecaster.joints)
        # Frame and arrival of the newest sample.
        self._frame_id, self._received_ns = '', 0
        self._input: JointInput | None = None
        self._plan: Subscription | None = None
        self._plan_trouble = ''

    def listen(self) -> None:
        """Subscribe."""
        self._input = JointInput(self._node, self.topic, self.health, self._receive)
        if self._predictor.forecaster.wants_plan:
            qos = QoSProfile(depth=DEPTH, reliability=ReliabilityPolicy.BEST_EFFORT)
            self._plan = self._node.create_subscription(
                JointState, self._plan_topic, self._receive_plan, qos
            )
        self._node.get_logger().info(f'listening to {self.topic}')

    def close(self) -> None:
        """Stop listening."""
        if self._input is not None:
            self._input.close()
            self._input = None
        if self._plan is not None:
            self._node.destroy_subscription(self._plan)
            self._plan = None

    def _receive(self, reading: JointReading) -> None:
        now_ns = self._clock.now().nanoseconds
        self.health.count_received(reading.names)
        try:
            sample = reading.sample(now_ns)
        except StampError as error:
            assert self._input is not None
            self._input.refuse(error)
            return
        self._frame_id, self._received_ns = reading.frame_id, now_ns
        if self._predictor.add(self._number, sample):
            self._wake()

    def _receive_plan(self, message: JointState) -> None:
        try:
            stamp = stamp_ns(message.header.stamp)
        except StampError as error:
            self._plan_trouble = f'{self._plan_topic}: {error}'
            return
        self._plan_trouble = ''
        stamp = stamp or self._clock.now().nanoseconds
        plan = self._predictor.plans[self._number]
        plan.add(stamp, message.name, message.position, message.velocity)

    def publish(self, outcome: Outcome) -> None:
        """Publish the newest forecast, under the stamp of the newest sample."""
        sample_ns = self._predictor.histories[self._number].sample_ns
        self.output.publish(outcome, Header(stamp=to_stamp(sample_ns), frame_id=self._frame_id))
        now_ns = self._clock.now().nanoseconds
        self.health.published += 1
        self.health.latency.add(now_ns - sample_ns)
        self.health.work.add(now_ns - self._received_ns)

    def status(self, owner: str) -> Status:
        """Give the health of the stream; ``owner`` says what the joints are wanted for."""
        assert self._input is not None
        silence = self._input.explain() if self.health.is_silent else ''
        still = still_words(self._predictor.still[self._number].still_ns)
        return self.health.status(
            silence, self._input.publishers(), owner, self._plan_words(), still
        )

    def _plan_words(self) -> str:
        predictor = self._predictor
        newest_ns = predictor.histories[self._number].stamp_ns
        if not predictor.forecaster.wants_plan or predictor.plans[self._number].known(newest_ns):
            return ''
        return self._plan_trouble or (
            f'the model needs what the controller plans, but {self._plan_topic} gives nothing'
        )
