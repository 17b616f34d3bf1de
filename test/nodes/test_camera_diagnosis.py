"""Camera, parts and gripper: what one process hears of a detector is named on its diagnostics."""

from __future__ import annotations

import json
import time

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Header, String
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.diagnostic_msgs import (
    Level,
    read_level,
    read_values,
    Status,
    write_diagnostics,
)  # fmt: skip
from factory_perception.faults import picture_layer
from factory_perception.nodes.fault_diagnoser import FaultDiagnoserNode
from factory_perception.vision.detections import Detections
from test.nodes.conftest import wait_for

LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
CLASSES = ('gear', 'scratch')
GOOD = {'brightness': 70.0, 'edge_width_px': 3.4, 'unchanged_s': 0.0, 'unchanged_looks': 0}


@pytest.fixture
def start(ros, monkeypatch):
    monkeypatch.setattr(picture_layer, '_APART_NS', 1_000_000)

    def start(**parameters):
        overrides = [Parameter(name, value=value) for name, value in parameters.items()]
        return ros.add(FaultDiagnoserNode(context=ros.context, parameter_overrides=overrides))

    return start


class Detector:
    """Speaks as the detector does, faster."""

    def __init__(self, ros):
        self.node = ros.node('detector')
        self._health = self.node.create_publisher(DiagnosticArray, '/diagnostics', 50)
        self._detections = self.node.create_publisher(Detection2DArray, '/detections', 50)
        self._rng = np.random.default_rng(0)

    def until_heard(self, heard):
        """Speak until the diagnoser has heard it: the first messages of a new pair may be lost."""

        def speak():
            self.see()
            self.tell()
            return _faults(heard, 'camera')

        wait_for(speak)

    def tell(self, reports=1, **changes):
        """Report on the pictures, much faster than the real one."""
        for _ in range(reports):
            picture = Status('image', Level.OK, '', {**GOOD, **changes})
            engine = Status('engine', Level.OK, '', {'defects': 'scratch, chip'})
            stamp = self.node.get_clock().now().to_msg()
            self._health.publish(write_diagnostics('detector', [engine, picture], stamp))
            time.sleep(0.05)

    def see(self, *boxes, classes=()):
        """Detect one picture."""
        boxes_xyxy = np.array(boxes, np.float32).reshape(-1, 4)
        boxes_xyxy += self._rng.uniform(0, 0.1, boxes_xyxy.shape).astype(np.float32)
        count = len(boxes_xyxy)
        ids = np.array([CLASSES.index(name) for name in classes] or [0] * count, np.int32)
        found = Detections(boxes_xyxy, np.ones(count, np.float32), ids)
        header = Header(stamp=self.node.get_clock().now().to_msg())
        self._detections.publish(write_detections(found, CLASSES, header))


def _statuses(messages, part):
    return [one for m in messages for one in m.status if one.name == f'fault_diagnoser: {part}']


def _faults(messages, part):
    return [read_values(one)['fault'] for one in _statuses(messages, part)]


@pytest.fixture
def detector(other_ros):
    return Detector(other_ros)


@pytest.fixture
def heard(other_ros, detector):
    return other_ros.collect(detector.node, DiagnosticArray, '/diagnostics', 200)


def test_dark_blurred_and_frozen_pictures_are_named_and_end(other_ros, start, detector, heard):
    events = other_ros.collect(detector.node, String, '/fault_diagnoser/events', LATCHED)
    start(camera_timeout=60.0)
    detector.until_heard(heard)
    detector.tell(11)
    assert set(_faults(heard, 'camera')) == {'normal'}
    changes = (
        {'brightness': 40.0},
        {'edge_width_px': 7.0},
        {'unchanged_s': 3.0, 'unchanged_looks': 9},
    )
    for count, change in enumerate(changes, 1):
        detector.tell(3, **change)
        detector.tell(3)
        wait_for(lambda wanted=2 * count: len(events) >= wanted)  # an end is waited out
    told = [json.loads(one.data) for one in events]
    assert [(one['errorType'], one['change']) for one in told] == [
        (f'camera.camera_{kind}', change)
        for kind in ('dark', 'blurred', 'frozen')
        for change in ('raised', 'cleared')
    ]
    dark = next(one for one in _statuses(heard, 'camera') if 'dark' in one.message)
    assert read_level(dark) == Level.WARN
    assert 'brightness is at 40 of a limit of 52.5, compared with 70 as usual' in dark.message


def test_a_camera_that_falls_silent(start, detector, heard):
    start(camera_timeout=0.5)
    detector.until_heard(heard)
    wait_for(lambda: 'camera_stale' in _faults(heard, 'camera'))


def test_more_defects_than_usual_by_the_classes_that_the_detector_names(start, detector, heard):
    start()
    detector.until_heard(heard)
    rows = [(10 + 60 * row, 10, 50 + 60 * row, 50) for row in range(10)]
    spots = [(left + 10, 20, left + 20, 30) for left, *_ in rows]
    for bad in [False] * 8 + [True] * 6:  # ten parts pass together, then there are none for a while
        boxes = rows + spots if bad else rows
        for _ in range(6):
            detector.see(*boxes, classes=['gear'] * 10 + ['scratch'] * (len(boxes) - 10))
            time.sleep(0.01)
        for _ in range(2):
            time.sleep(0.3)
            detector.see()
    wait_for(lambda: 'defect_rate' in _faults(heard, 'parts'))


def test_a_part_that_is_lost_from_a_gripper_in_view(start, detector, heard):
    start(gripper_joint='finger', gripper_holds=[0.0, 0.02], grip_zone=[0.0, 0.0, 60.0, 60.0])
    detector.until_heard(heard)
    joints = detector.node.create_publisher(JointState, '/joint_states', 10)
    wait_for(joints.get_subscription_count)

    def show(position, *boxes):
        for _ in range(10):
            joints.publish(JointState(name=['finger'], position=[position]))
            detector.see(*boxes)
            time.sleep(0.05)

    show(0.01, (10, 10, 50, 50))
    assert 'grip_loss' not in _faults(heard, 'gripper')
    show(0.01, (200, 10, 240, 50))
    wait_for(lambda: 'grip_loss' in _faults(heard, 'gripper'))
    show(0.08)
    wait_for(lambda: _faults(heard, 'gripper')[-1] == 'normal')


def test_a_gripper_without_a_zone_is_refused(start, heard):
    start(gripper_joint='finger')
    told = wait_for(lambda: _statuses(heard, 'state'))[-1]
    wait_for(lambda: [one for one in _statuses(heard, 'state') if 'grip_zone' in one.message])
    assert told.name == 'fault_diagnoser: state'
