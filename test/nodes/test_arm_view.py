"""The view of the arm: the ghost stands where the forecast ends, faults light up."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint
from visualization_msgs.msg import Marker, MarkerArray

from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.stamps import to_stamp
from factory_perception.cell.config import load_config
from factory_perception.cell.kinematics import chain_of, forward
from factory_perception.nodes.arm_view import ArmViewNode
from test.nodes.conftest import wait_for

CONFIG = load_config()
NAMES = list(CONFIG.arm.joint_names)
STAMP = to_stamp(3_000_000_000)


@pytest.fixture
def world(ros):
    """Give a function that publishes a forecast, joints and a fault, and what came back."""
    node = ros.node('world')
    publishers = {
        'forecast': node.create_publisher(JointTrajectory, '/motion_predictor/forecast', 1),
        'joints': node.create_publisher(JointState, '/joint_states', 1),
        'faults': node.create_publisher(DiagnosticArray, '/diagnostics', 1),
    }
    ghosts = ros.collect(node, JointState, '/forecast/joint_states', 5)
    markers = ros.collect(node, MarkerArray, '/arm_view/markers', 5)
    view = ros.add(ArmViewNode(context=ros.context))
    wait_for(lambda: all(p.get_subscription_count() for p in publishers.values()))
    return view, publishers, ghosts, markers


def test_the_ghost_stands_where_the_forecast_ends(world):
    _, publishers, ghosts, _ = world
    points = [JointTrajectoryPoint(positions=[0.1 * k] * 6) for k in (1, 2, 3)]
    header = Header(stamp=STAMP, frame_id='somewhere')
    message = JointTrajectory(header=header, joint_names=NAMES[::-1], points=points)
    publishers['forecast'].publish(message)
    wait_for(lambda: ghosts)
    assert list(ghosts[0].name) == NAMES
    assert np.allclose(ghosts[0].position, 0.3)
    assert ghosts[0].header.stamp == STAMP


def test_a_fault_lights_up_at_its_joint(world):
    _, publishers, _, markers = world
    q = [0.3, 0.2, -0.4, 0.1, 0.5, 0.0]
    header = Header(stamp=STAMP)
    publishers['faults'].publish(
        write_diagnostics(
            'fault_diagnoser',
            [Status('joint_3', Level.ERROR, 'friction rise'), Status('joint_1', Level.OK, 'well')],
            STAMP,
        )
    )
    publishers['joints'].publish(JointState(header=header, name=NAMES, position=q))
    wait_for(lambda: any(message.markers for message in markers))
    shown = next(message.markers for message in markers if message.markers)
    (ball,) = [marker for marker in shown if marker.type == Marker.SPHERE]
    place = forward(chain_of(CONFIG.arm), np.array(q))[1][2]
    position = ball.pose.position
    np.testing.assert_allclose((position.x, position.y, position.z), place)
    assert ball.header.frame_id == CONFIG.world_frame
    assert any('joint_3: friction rise' in marker.text for marker in shown)


def test_another_robot_is_told_and_not_drawn(world):
    view, publishers, ghosts, _ = world
    points = [JointTrajectoryPoint(positions=[0.1])]
    publishers['forecast'].publish(JointTrajectory(joint_names=['shoulder'], points=points))
    wait_for(lambda: 'is this the arm of cell.yaml?' in view.health()[0].message)
    assert not ghosts
