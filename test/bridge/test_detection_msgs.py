"""Detections to messages and back."""

from __future__ import annotations

import numpy as np
import pytest
from std_msgs.msg import Header
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from factory_perception.bridge.detection_msgs import (
    read_detections,
    write_detections,
    write_label_info,
)
from factory_perception.bridge.stamps import stamp_ns, StampError, to_stamp
from factory_perception.vision.detections import Detections

CLASSES = ('gear', 'flange')


def some(tracks=None):
    return Detections(
        np.array([[0, 0, 10, 20], [5, 5, 6, 8]], np.float32),
        np.array([0.9, 0.4], np.float32),
        np.array([1, 0], np.int32),
        None if tracks is None else np.array(tracks, np.int64),
    )


def test_there_and_back():
    header = Header(frame_id='cam', stamp=to_stamp(12_000_000_034))
    message = write_detections(some([7, -1]), CLASSES, header)
    assert message.header == header and all(item.header == header for item in message.detections)
    assert [item.id for item in message.detections] == ['7', '']
    assert message.detections[0].results[0].hypothesis.class_id == 'flange'
    back = read_detections(message, CLASSES)
    assert np.allclose(back.boxes_xyxy, some().boxes_xyxy)
    assert np.allclose(back.scores, some().scores)
    assert back.class_ids.tolist() == [1, 0] and back.track_ids.tolist() == [7, -1]


def test_messages_of_others_are_read_with_care():
    unknown = ObjectHypothesisWithPose()
    unknown.hypothesis.class_id, unknown.hypothesis.score = 'car', 0.9
    known = ObjectHypothesisWithPose()
    known.hypothesis.class_id, known.hypothesis.score = 'gear', 0.2
    message = Detection2DArray(detections=[
        Detection2D(), Detection2D(results=[unknown]), Detection2D(results=[known], id='x1'),
        Detection2D(results=[known, unknown]),
    ])  # fmt: skip
    back = read_detections(message, CLASSES)
    assert back.class_ids.tolist() == [0] and back.track_ids.tolist() == [-1]
    assert len(read_detections(Detection2DArray(), CLASSES)) == 0


def test_label_info():
    info = write_label_info(CLASSES, 0.5, Header())
    assert [(c.class_id, c.class_name) for c in info.class_map] == [(0, 'gear'), (1, 'flange')]


@pytest.mark.parametrize(
    'nanoseconds', [0, 1, 999_999_999, 1_000_000_000, 1_700_000_000_123_456_789]
)
def test_stamps_there_and_back(nanoseconds):
    assert stamp_ns(to_stamp(nanoseconds)) == nanoseconds


@pytest.mark.parametrize('change', [{'sec': -1}, {'nanosec': 1_000_000_000}])
def test_impossible_stamps(change):
    stamp = to_stamp(0)
    for name, value in change.items():
        setattr(stamp, name, value)
    with pytest.raises(StampError):
        stamp_ns(stamp)


def test_detections_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match='2 scores, but boxes'):
        Detections(np.zeros((1, 4), np.float32), np.zeros(2, np.float32), np.zeros(2, np.int32))
