"""What a stream of detections says about its camera."""

from __future__ import annotations

import numpy as np

from factory_perception.faults.camera_watch import CameraWatch, FROZEN_PICTURES

SECOND = 1_000_000_000


def _watch():
    return CameraWatch('camera', 2.0)


def _faults(watch, now_ns):
    return [one.fault for one in watch.verdicts(now_ns)]


def test_the_same_boxes_again_and_again_are_a_frozen_picture():
    watch, rng = _watch(), np.random.default_rng(0)
    for number in range(10):
        watch.add(rng.normal(size=(2, 4)), number * SECOND // 10)
    assert _faults(watch, SECOND) == []
    for number in range(FROZEN_PICTURES + 1):
        watch.add(np.ones((2, 4)), SECOND + number * SECOND // 10)
    assert _faults(watch, 2 * SECOND) == ['camera_frozen']
    watch.add(np.zeros((0, 4)), 3 * SECOND)
    assert _faults(watch, 3 * SECOND) == []


def test_an_empty_belt_is_no_frozen_picture():
    watch = _watch()
    for number in range(50):
        watch.add(np.zeros((0, 4)), 1 + number)
    assert _faults(watch, 60) == []


def test_no_detections_for_a_while_is_a_stale_camera():
    watch = _watch()
    assert _faults(watch, 100 * SECOND) == []  # none was ever there
    watch.add(np.ones((1, 4)), SECOND)
    assert _faults(watch, 4 * SECOND) == ['camera_stale']
