"""Messages to and from Gazebo's bridge."""

from __future__ import annotations

import numpy as np
import pytest
from sensor_msgs.msg import JointState
from vision_msgs.msg import BoundingBox2D, Detection2D, Detection2DArray, ObjectHypothesisWithPose

from factory_perception.bridge.gazebo_msgs import (
    JointError,
    read_arm,
    read_labels,
    read_positions,
    write_trajectory,
)


def test_joints_are_read_by_name():
    message = JointState(
        name=['b', 'gripper', 'a'], position=[2.0, 9.0, 1.0], velocity=[0.2, 0.9, 0.1]
    )
    position, velocity = read_arm(message, ['a', 'b'])
    assert position.tolist() == [1.0, 2.0]
    assert velocity.tolist() == [0.1, 0.2]


@pytest.mark.parametrize(
    ('given', 'values', 'complaint'),
    [
        (['a'], [1.0], 'joints b have no value'),
        (['a', 'b'], [1.0], 'joints b have no value'),
        ([], [], 'names none'),
    ],
)
def test_missing_joints_are_named(given, values, complaint):
    with pytest.raises(JointError, match=complaint):
        read_positions(given, values, ['a', 'b'])


def test_a_trajectory_has_its_times_from_the_start():
    rows = np.arange(6, dtype=float).reshape(3, 2)
    message = write_trajectory(['a', 'b'], 0.75, rows, rows + 10, rows + 20)
    assert list(message.joint_names) == ['a', 'b']
    times = [(p.time_from_start.sec, p.time_from_start.nanosec) for p in message.points]
    assert times == [(0, 0), (0, 750_000_000), (1, 500_000_000)]
    assert list(message.points[2].positions) == [4.0, 5.0]
    assert list(message.points[1].velocities) == [12.0, 13.0]
    assert list(message.points[0].effort) == [20.0, 21.0]
    assert not message.points[0].accelerations  # Gazebo ignores them, with a warning


def box(label, x, y, width, height):
    item = Detection2D(bbox=BoundingBox2D(size_x=width, size_y=height))
    item.bbox.center.position.x, item.bbox.center.position.y = x, y
    if label is not None:
        result = ObjectHypothesisWithPose()
        result.hypothesis.class_id = label
        item.results = [result]
    return item


def test_labels_are_the_numbers_of_the_boxes():
    odd = [box(label, 1.0, 1.0, 1.0, 1.0) for label in ('x', '', None)]
    boxes = [box('3', 50.0, 40.0, 20.0, 10.0), *odd]
    labels, edges = read_labels(Detection2DArray(detections=boxes))
    assert labels.tolist() == [3]
    assert edges.tolist() == [[40.0, 35.0, 60.0, 45.0]]


def test_no_boxes_are_none():
    labels, edges = read_labels(Detection2DArray())
    assert labels.shape == (0,)
    assert edges.shape == (0, 4)
