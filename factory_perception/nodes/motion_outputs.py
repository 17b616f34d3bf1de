"""What the motion predictor publishes for one robot; nothing is written that nobody reads."""

from __future__ import annotations

import numpy as np
from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory
from visualization_msgs.msg import Marker, MarkerArray

from factory_perception.bridge.arm_markers import path_marker
from factory_perception.bridge.forecast_msgs import write_residual, write_trajectory
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.motion.chain import Chain, tip_positions
from factory_perception.motion.predictor import Outcome
from factory_perception.nodes.detector_outputs import create_output


class MotionOutputs:
    """The topics of one robot."""

    def __init__(self, node: LifecycleNode, robot: str, joints: tuple[str, ...]) -> None:
        self._node, self._joints = node, list(joints)
        prefix = f'~/{robot}/' if robot else '~/'
        deep = QoSProfile(depth=10)
        self._forecast = create_output(node, JointTrajectory, f'{prefix}forecast', deep)
        self._lower = create_output(node, JointTrajectory, f'{prefix}forecast_lower', deep)
        self._upper = create_output(node, JointTrajectory, f'{prefix}forecast_upper', deep)
        self._residual = create_output(node, JointState, f'{prefix}residual', deep)
        self._markers = create_output(node, MarkerArray, f'{prefix}markers', QoSProfile(depth=1))
        #: Where the tool is; ``None`` without a robot description.
        self.chain: Chain | None = None
        self._watched: tuple[bool, ...] = (True,) * 5
        self.look()

    def _all(self) -> tuple[LifecyclePublisher, ...]:
        return (self._forecast, self._lower, self._upper, self._residual, self._markers)

    def activate(self) -> None:
        """Let the topics speak that were made while the node was active already."""
        for publisher in self._all():
            publisher.on_activate(None)

    def look(self) -> None:
        """See who listens; asking for every message would cost as much as writing it."""
        self._watched = tuple(bool(one.get_subscription_count()) for one in self._all())

    def publish(self, outcome: Outcome, header: Header) -> None:
        """Publish what somebody listens to, under the header of the newest sample."""
        forecast, watched = outcome.forecast, self._watched
        late_ns = forecast.stamp_ns - stamp_ns(header.stamp)
        ahead_ns = [round(one * 1e9) + late_ns for one in forecast.horizons_s.tolist()]
        edges = (forecast.median, forecast.lower, forecast.upper)
        for place, positions in enumerate(edges):
            if watched[place]:
                message = write_trajectory(self._joints, positions, ahead_ns, header)
                self._all()[place].publish(message)
        if watched[3] and outcome.residual is not None:
            self._residual.publish(write_residual(self._joints, outcome.residual, header))
        if watched[4] and self.chain is not None:
            self._markers.publish(self._path(self.chain, outcome, header))

    def _path(self, chain: Chain, outcome: Outcome, header: Header) -> MarkerArray:
        """Draw the way of the tool, in the frame that the robot description begins with."""
        way = np.vstack([outcome.position, outcome.forecast.median])
        based = Header(stamp=header.stamp, frame_id=chain.base)
        marker: Marker = path_marker(tip_positions(chain, way), based)
        return MarkerArray(markers=[marker])

    def destroy(self) -> None:
        """Take the publishers away."""
        for publisher in self._all():
            self._node.destroy_lifecycle_publisher(publisher)
