"""What the demonstration's monitor counts as lost, late and right."""

from __future__ import annotations

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from std_msgs.msg import Header

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.demo_monitor import DemoMonitor, Record
from factory_perception.vision.detections import Detections
from test.nodes.conftest import wait_for

CLASSES = ('gear', 'scratch')
SECOND = 10**9


def message(stamp, boxes, classes, scores=None):
    detections = Detections(
        np.float32(boxes), np.float32(scores or [1.0] * len(boxes)), np.int32(classes)
    )
    return write_detections(detections, CLASSES, Header(stamp=to_stamp(stamp)))


def test_pictures_before_the_first_answer_and_the_very_last_are_not_lost():
    record = Record(truths={stamp * SECOND: None for stamp in range(1, 11)})
    assert record.expected(20 * SECOND) == []
    record.answers = {4 * SECOND: None, 6 * SECOND: None}
    assert record.expected(10 * SECOND) == [stamp * SECOND for stamp in range(4, 9)]
    assert record.lost(10 * SECOND) == 3  # 5, 7 and 8; 9 and 10 may still be answered


def test_latency_of_all_and_of_the_last():
    record = Record()
    assert record.latency_ms() == {}
    record.latencies_ns = [5_000_000] * 9 + [1_000_000]
    assert record.latency_ms()['p50'] == 5.0
    assert record.latency_ms(1)['p99'] == 1.0


def test_right_and_wrong_answers():
    box, other = [10, 10, 50, 50], [200, 200, 240, 240]
    record = Record(classes=CLASSES)
    assert record.precision() == {'map50': 0.0, 'pictures': 0}
    record.truths = {1: message(1, [box], [0]), 2: message(2, [other], [1])}
    record.answers = {1: message(1, [box], [0], [0.9]), 2: message(2, [box], [1], [0.9])}
    figures = record.precision()
    assert figures['pictures'] == 2
    assert figures['ap50_per_class'] == {
        'gear': pytest.approx(1.0), 'scratch': pytest.approx(0.0)
    }  # fmt: skip


def test_the_page_is_heard_of_and_so_is_why_there_is_none(ros):
    monitor = DemoMonitor(None, context=ros.context)
    ros.add(monitor)
    speaker = ros.node('dashboard').create_publisher(DiagnosticArray, '/diagnostics', 10)
    wait_for(speaker.get_subscription_count)

    def say(part, level, message, values):
        status = Status(part, level, message, values)
        speaker.publish(write_diagnostics('dashboard', [status], to_stamp(1)))

    say('page', Level.OK, '', {'address': 'http://127.0.0.1:8088/'})
    wait_for(lambda: monitor.record.page == 'http://127.0.0.1:8088/')
    say('state', Level.ERROR, 'port 8088 is taken', {})
    wait_for(lambda: monitor.record.page == 'port 8088 is taken')
