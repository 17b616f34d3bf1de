"""The sampler on real topics: what it keeps, how often, and what it never writes."""

from __future__ import annotations

import time

import cv2
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header, String
from vision_msgs.msg import Detection2DArray, LabelInfo

from factory_perception.bridge.detection_msgs import write_detections, write_label_info
from factory_perception.bridge.diagnostic_msgs import read_values
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import to_stamp
from factory_perception.faults.alarm_book import Change
from factory_perception.faults.events import write_event
from factory_perception.faults.verdict import Verdict
from factory_perception.nodes.sampler import SamplerNode
from factory_perception.training.datasets.recognise import open_dataset
from factory_perception.vision.detections import Detections
from test.nodes.conftest import wait_for
from test.support import publish_blobs

CLASSES = ('gear',)
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def start(ros, tmp_path):
    """Start a sampler; give the node and its folder."""

    def start(**parameters):
        values = {'folder': str(tmp_path / 'samples'), 'period': 0.0, **parameters}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        node = ros.add(SamplerNode(context=ros.context, parameter_overrides=overrides))
        return node, tmp_path / 'samples' / 'pictures'

    return start


@pytest.fixture
def show(ros):
    """Give a function that shows the sampler a picture with one detection of a score."""
    node = ros.node('detector')
    labels = node.create_publisher(LabelInfo, 'detector/label_info', LATCHED)
    labels.publish(write_label_info(CLASSES, 0.5, Header()))
    pictures = node.create_publisher(Image, 'image', BEST_EFFORT)
    detections = node.create_publisher(Detection2DArray, 'detector/detections', 10)
    count = 0

    def show(score: float, pixels: np.ndarray | None = None) -> bool:
        nonlocal count
        if not pictures.get_subscription_count():
            return False
        count += 1
        header = Header(stamp=to_stamp(1_000_000_000 + count * 66_000_000))
        image = np.full((64, 64, 3), 90, np.uint8) if pixels is None else pixels
        pictures.publish(write_image(image, 'bgr8', header))
        box = np.array([[1, 2, 30, 40]], np.float32)
        found = Detections(box, np.array([score], np.float32), np.zeros(1, np.int32))
        detections.publish(write_detections(found, CLASSES, header))
        return True

    show.node = node
    show.pictures = pictures
    return show


def samples(folder) -> list:
    if not (folder / 'annotations.json').exists():  # written after the picture
        return []
    return sorted((folder / 'images').glob('*.jpg'))


def test_only_doubtful_pictures_are_kept(start, show):
    node, folder = start()
    wait_for(lambda: node._classes and show.pictures.get_subscription_count())
    sure = [show(0.95) for _ in range(50)]
    wait_for(lambda: show(0.52) and samples(folder))
    first = int(samples(folder)[0].stem)
    assert first > 1_000_000_000 + sum(sure) * 66_000_000
    data = open_dataset(folder)
    assert data.classes == CLASSES and data.read(0).boxes.boxes_xyxy.tolist() == [[1, 2, 30, 40]]


def test_it_rests_between_samples(start, show):
    node, folder = start(period=60.0)
    wait_for(lambda: [show(0.52), samples(folder)][1])
    wait_for(lambda: not show.pictures.get_subscription_count())
    assert not show(0.52) and len(samples(folder)) == 1
    assert node._pictures is None


def test_people_are_never_written(start, show, store, monkeypatch, tmp_path):
    monkeypatch.setenv('XDG_DATA_HOME', str(tmp_path / 'home'))
    home = type(store)((tmp_path / 'home' / 'factory_perception' / 'models',))
    publish_blobs(home, 'people', classes=['person'])
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[8:16, 16:24] = 255  # the "person" of this model
    pixels[10, 16:24:2] = (200, 200, 255)  # and what would be recognised
    _, folder = start(people_model='people')
    wait_for(lambda: show(0.52, pixels) and samples(folder))
    written = cv2.imread(str(samples(folder)[0]))
    assert np.ptp(written[10, 17:23].astype(int), axis=0).max() < 40


def test_keep_is_said_in_the_health(ros, start, show):
    reports = ros.collect(show.node, DiagnosticArray, '/diagnostics')
    start(people='keep')

    def kept():
        statuses = [s for m in reports for s in m.status if s.name == 'sampler: samples']
        return [s for s in statuses if read_values(s)['people'] == 'keep']

    wait_for(kept)


def test_joint_states_around_an_alarm(ros, start, tmp_path):
    start(before=1.0, after=0.5)
    node = ros.node('robot')
    joints = node.create_publisher(JointState, 'joint_states', 50)
    events = node.create_publisher(String, 'fault_diagnoser/events', LATCHED)
    wait_for(lambda: joints.get_subscription_count() and events.get_subscription_count())
    folder = tmp_path / 'samples' / 'joints'
    zero_ns, count = 1_700_000_000_000_000_000, 0

    def move():
        nonlocal count
        stamp_ns = zero_ns + count * 10_000_000
        count += 1
        values = np.array([count * 0.01, 0.5])
        header = Header(stamp=to_stamp(stamp_ns))
        joints.publish(write_joint_state(['a', 'b'], values, values * 0, values * 0, header))
        if count == 100:
            verdict = Verdict('a', 'friction_rise', 0.9, 0.5, 'effort', 2.0, 1.0, 'its usual',
                              stamp_ns - 200_000_000, 'model')  # fmt: skip
            events.publish(String(data=write_event(Change('raised', verdict, stamp_ns), 'x', '')))
            time.sleep(0.2)  # topics overtake each other
        return sorted(folder.glob('*.csv'))

    wait_for(move)
    for task in ('fault', 'forecast'):
        data = open_dataset(folder, task)
        recording = data.read(0)
        assert recording.joints.names == ('a', 'b')
        assert recording.duration_s == pytest.approx(1.5, abs=0.2)
        assert [(one.label, one.joint) for one in recording.intervals] == [('friction_rise', 'a')]


def test_joints_can_be_left_alone(ros, start, tmp_path):
    node, _ = start(joints=False)
    assert node._joints is None and not (tmp_path / 'samples' / 'joints').exists()


@pytest.mark.parametrize('parameters, text', [
    ({'people_model': 'nobody'}, 'there is no model "nobody"'),
    ({'folder': '/proc/nothing'}, '/proc/nothing'),
])  # fmt: skip
def test_trouble_is_told(ros, start, show, parameters, text):
    reports = ros.collect(show.node, DiagnosticArray, '/diagnostics')
    start(**parameters)
    wait_for(lambda: [s for m in reports for s in m.status if text in s.message])
