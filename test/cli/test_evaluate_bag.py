"""Recordings held against the truth in them."""

from __future__ import annotations

from contextlib import ExitStack
import json
import re

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from rosbags.rosbag2 import Writer
from rosbags.rosbag2.enums import StoragePlugin
from rosbags.serde import SerdeError
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header, String

from factory_perception.bridge.bag_topics import find_topics
from factory_perception.bridge.bags import BagError
from factory_perception.bridge.detection_msgs import write_detections, write_label_info
from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.forecast_msgs import write_trajectory
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.joint_msgs import write_joint_state
from factory_perception.bridge.stamps import to_stamp
from factory_perception.cli.evaluate_bag import evaluate_bag
from factory_perception.cli.main import main
from factory_perception.vision.detections import Detections
from test.recorder import typestore
from test.support import publish_blobs

ZERO_NS = 1_700_000_000_000_000_000
FRAME_NS = 100_000_000
CLASSES = ('bright',)
#: Where the bright cell of the only picture is, and what else may be told.
BOX, ELSEWHERE = [16, 8, 24, 16], [40, 40, 48, 48]


def _detections(*boxes, score=0.9):
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(len(boxes), score, np.float32),
        np.zeros(len(boxes), np.int32),
    )


def _header(place):
    return Header(stamp=to_stamp(ZERO_NS + place * FRAME_NS), frame_id='camera')


class Bag:
    """Writes a bag of real messages."""

    def __init__(self, path):
        self.path = path
        self._stack = ExitStack()
        self._writer = self._stack.enter_context(
            Writer(path, version=9, storage_plugin=StoragePlugin.MCAP)
        )
        self._store, self._topics = typestore(), {}

    def put(self, topic, message, place):
        name = f'{type(message).__module__.split(".")[0]}/msg/{type(message).__name__}'
        if topic not in self._topics:
            self._topics[topic] = self._writer.add_connection(topic, name, typestore=self._store)
        time_ns = ZERO_NS + round(place * FRAME_NS) + 20_000_000
        self._writer.write(self._topics[topic], time_ns, self._cdr(message, name))

    def _cdr(self, message, name):
        """Serialise; some builds of rclpy give what is behind the end of the message too."""
        data = bytes(serialize_message(message))
        while True:
            try:
                self._store.deserialize_cdr(data, name)
                return data
            except SerdeError:
                data = data[:-4]

    def close(self):
        self._stack.close()
        return self.path


@pytest.fixture
def bag(tmp_path):
    return Bag(tmp_path / 'bag')


def _see(bag, pictures=4, unanswered=(), wrong=()):
    bag.put('/detector/label_info', write_label_info(CLASSES, 0.5, Header()), 0)
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[8:16, 16:24] = 255
    for place in range(pictures):
        header = _header(place)
        bag.put('/cell/camera/image_raw', write_image(pixels, 'bgr8', header), place)
        truth = write_detections(_detections(BOX), CLASSES, header)
        bag.put('/cell/gt/detections', truth, place)
        if place not in unanswered:
            found = _detections(ELSEWHERE if place in wrong else BOX)
            bag.put('/detector/detections', write_detections(found, CLASSES, header), place)


def _move(bag, samples=40, error=0.0):
    for place in range(samples):
        at = np.array([0.1 * place])
        state = write_joint_state(['a'], at, np.ones(1), np.zeros(1), _header(place))
        bag.put('/joint_states', state, place)
        ahead = write_trajectory(['a'], at[None] + 0.1 + error, [FRAME_NS], _header(place))
        bag.put('/motion_predictor/forecast', ahead, place)


def _break(bag, told=True):
    for place in range(0, 200, 2):
        values = {'fault': 'collision', 'joint': 'a', 'age_s': place / 10 - 5.0,
                  'remaining_s': 8.0 - place / 10}  # fmt: skip
        statuses = [Status('a', Level.ERROR, '', values)] if 50 <= place < 80 else []
        truth = write_diagnostics('truth', statuses, to_stamp(ZERO_NS + place * FRAME_NS))
        bag.put('/cell/gt/faults', truth, place)
    if told:
        for second, change in ((5.25, 'raised'), (7.0, 'cleared')):
            moment = f'2023-11-14T22:13:{20 + second:06.3f}Z'  # ZERO_NS is 22:13:20
            event = {
                'timestamp': moment,
                'change': change,
                'errorType': 'joint.collision',
                'errorReferences': [{'referenceKey': 'part', 'referenceValue': 'a'}],
            }
            bag.put('/fault_diagnoser/events', String(data=json.dumps(event)), second * 10)


@pytest.mark.parametrize('unanswered, wrong, precision, recall', [
    ((), (), 1.0, 1.0),
    ((3,), (), 1.0, 0.75),  # what never came was not found
    ((), (2,), 0.75, 0.75),
])  # fmt: skip
def test_recorded_detections(bag, unanswered, wrong, precision, recall):
    _see(bag, unanswered=unanswered, wrong=wrong)
    figures = evaluate_bag(bag.close(), None)['/detector/detections']
    assert (figures['pictures'], figures['unanswered']) == (4, len(unanswered))
    point = figures['at_threshold']
    assert (point['score'], point['precision'], point['recall']) == (0.5, precision, recall)
    assert figures['recorded_after_ms']['p50'] == 20.0


def test_a_model_on_recorded_pictures(bag, store):
    _see(bag, unanswered=range(4))
    figures = evaluate_bag(bag.close(), publish_blobs(store))['detections']
    assert figures['pictures'] == 4 and figures['map50'] == pytest.approx(1.0)
    assert figures['at_threshold']['score'] == 0.6


def test_recorded_forecasts(bag):
    _move(bag, error=0.02)
    horizon = evaluate_bag(bag.close(), None)['/motion_predictor/forecast']['horizons']['100_ms']
    assert horizon['rmse']['ours'] == pytest.approx(0.02)
    assert horizon['skill']['hold'] == pytest.approx(0.8)


@pytest.mark.parametrize('told, detected, delay', [(True, 1, {'p50': 250.0, 'p95': 250.0}),
                                                   (False, 0, {})])  # fmt: skip
def test_recorded_alarms(bag, told, detected, delay):
    _break(bag, told)
    figures = evaluate_bag(bag.close(), None)['faults']
    assert (figures['events'], figures['detected'], figures['false_alarms']) == (1, detected, 0)
    assert figures['delay_ms'] == delay
    assert figures['hours'] == pytest.approx(19.8 / 3600)


def test_the_command_writes_what_it_shows(bag, tmp_path, capsys):
    _see(bag)
    _break(bag)
    path, report = bag.close(), tmp_path / 'figures.json'
    assert main(['evaluate', '--bag', str(path), '--json', str(report)]) == 0
    figures = json.loads(report.read_text())['metrics']
    assert set(figures) == {'/detector/detections', 'faults'}
    assert 'event_recall 1.0000' in capsys.readouterr().out


@pytest.mark.parametrize('fill, model, text', [
    (lambda bag: bag.put('/joint_states', JointState(), 0), None, 'nothing to measure'),
    (lambda bag: bag.put('/joint_states', JointState(), 0), 'blobs', 'no picture whose truth'),
    (lambda bag: bag.put('/image', Image(), 0), 'joint_forecast', 'no topic called joint_states'),
    (lambda bag: [bag.put(f'/{robot}/joint_states', JointState(), 0) for robot in 'ab'], None,
     'several robots .*--joint-states'),
    (lambda bag: bag.put('/x/events', String(data='{'), 0), None, 'cannot be used'),
])  # fmt: skip
def test_what_is_missing_is_named(bag, store, capsys, fill, model, text):
    fill(bag)
    if model == 'blobs':
        publish_blobs(store)
    words = ['evaluate', '--bag', str(bag.close()), *(['--model', model] if model else [])]
    words += ['--store', str(store.roots[0])] if model == 'blobs' else []
    assert main(words) == 1
    assert re.search(text, capsys.readouterr().err)


def test_data_needs_a_model(capsys):
    assert main(['evaluate', '--data', 'cell']) == 1
    assert '--data needs --model' in capsys.readouterr().err


def test_no_bag(tmp_path, capsys):
    (tmp_path / 'no.mcap').write_bytes(b'nothing')
    assert main(['evaluate', '--bag', str(tmp_path / 'no.mcap')]) == 1
    assert 'no readable bag' in capsys.readouterr().err
    assert main(['evaluate', '--bag', str(tmp_path)]) == 1
    assert 'no readable bag' in capsys.readouterr().err
    assert main(['evaluate', '--bag', str(tmp_path / 'none')]) == 1
    assert f'there is no bag {tmp_path / "none"}' in capsys.readouterr().err


@pytest.mark.parametrize('types, asked, joints', [
    ({'/a/joint_states': 'sensor_msgs/msg/JointState'}, '', '/a/joint_states'),
    ({'/a/joint_states': 'sensor_msgs/msg/JointState', '/arm': 'sensor_msgs/msg/JointState'},
     '/arm', '/arm'),
    ({'/arm': 'sensor_msgs/msg/JointState'}, '', ''),
])  # fmt: skip
def test_which_robot(types, asked, joints):
    assert find_topics(types, asked).joints == joints


def test_a_robot_that_is_not_there():
    with pytest.raises(BagError, match='/b is no topic of joint states: none'):
        find_topics({}, '/b')


def test_pictures_that_were_drawn_over_are_no_pictures():
    kinds = dict.fromkeys(('/image', '/line/detector/overlay'), 'sensor_msgs/msg/Image')
    kinds['/line/cell/gt/detections'] = 'vision_msgs/msg/Detection2DArray'
    topics = find_topics(kinds)
    assert topics.pictures == ('/image',) and not topics.detections
    assert topics.true_detections == ('/line/cell/gt/detections',)
