"""What detections say about camera and parts."""

from __future__ import annotations

import numpy as np

from factory_perception.faults.camera_watch import CameraWatch, FROZEN_PICTURES

SECOND = 1_000_000_000


def _watch():
    return CameraWatch('camera', ['scratch'], 2.0)


def _faults(watch, now_ns):
    return [one.fault for one in watch.verdicts(now_ns)]


def test_the_same_boxes_again_and_again_are_a_frozen_picture():
    watch, rng = _watch(), np.random.default_rng(0)
    for number in range(10):
        watch.add(rng.normal(size=(2, 4)), ['gear', 'gear'], ['', ''], number * SECOND // 10)
    assert _faults(watch, SECOND) == []
    for number in range(FROZEN_PICTURES + 1):
        watch.add(np.ones((2, 4)), ['gear', 'gear'], ['', ''], SECOND + number * SECOND // 10)
    assert _faults(watch, 2 * SECOND) == ['camera_frozen']
    watch.add(np.zeros((0, 4)), [], [], 3 * SECOND)
    assert _faults(watch, 3 * SECOND) == []


def test_an_empty_belt_is_no_frozen_picture():
    watch = _watch()
    for number in range(50):
        watch.add(np.zeros((0, 4)), [], [], 1 + number)
    assert _faults(watch, 60) == []


def test_no_detections_for_a_while_is_a_stale_camera():
    watch = _watch()
    assert _faults(watch, 100 * SECOND) == []  # none was ever there
    watch.add(np.ones((1, 4)), ['gear'], [''], SECOND)
    assert _faults(watch, 4 * SECOND) == ['camera_stale']


def test_more_defects_than_usual_are_told_once_there_is_something_to_compare_with():
    watch, rng = _watch(), np.random.default_rng(1)
    for number in range(300):
        bad = rng.random() < (0.1 if number < 240 else 0.6)
        name = 'scratch' if bad else 'gear'
        watch.add(rng.normal(size=(1, 4)), [name], [str(number)], number * SECOND)
        found = _faults(watch, number * SECOND)
        assert number > 240 or found == []
    assert found == ['defect_rate']


def test_a_part_with_a_track_counts_once():
    watch = _watch()
    for number in range(500):
        watch.add(np.full((1, 4), number), ['scratch'], ['7'], number)
    assert len(watch._bad) == 1
