"""What the counts of a camera say about its health."""

from __future__ import annotations

import numpy as np
import pytest

from factory_perception.bridge.diagnostic_msgs import Level
from factory_perception.nodes import camera_health
from factory_perception.nodes.camera_health import CameraHealth
from factory_perception.nodes.latency import LatencyWindow
from factory_perception.vision.image_view import ColourImage


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(camera_health.time, 'monotonic', lambda: now[0])
    return now


def second(clock, health, received=10, **counts):
    for _ in range(received):
        health.count_received(False)
    for name, count in counts.items():
        setattr(health.counts, name, getattr(health.counts, name) + count)
    clock[0] += 1.0
    return health.status('nobody publishes', 'use the profile')


@pytest.mark.parametrize('counts, level, text', [
    ({}, Level.OK, '10.0 frames/s'),
    ({'dropped': 1}, Level.OK, 'frames/s'),
    ({'dropped': 6}, Level.WARN, '6 of 10 frames dropped: the camera is faster than the engine'),
    ({'lost': 30}, Level.WARN, '30 of 40 frames of /image were lost on the way. use the profile'),
    ({'received': 0}, Level.OK, '0.0 frames/s'),
])  # fmt: skip
def test_levels(clock, counts, level, text):
    health = CameraHealth('image', '/image', 2.0)
    status = second(clock, health, **counts)
    assert (status.level, status.part) == (level, 'image')
    assert text in status.message


def test_trouble_of_the_last_second_is_not_trouble_for_ever(clock):
    health = CameraHealth('image', '/image', 2.0)
    health.count_rejected('unknown encoding')
    assert second(clock, health).level == Level.WARN
    status = second(clock, health)
    assert status.level == Level.OK
    assert status.values['rejected'] == 1 and status.values['last_reject'] == 'unknown encoding'


def test_silence(clock):
    health = CameraHealth('image', '/image', 2.0)
    assert second(clock, health, received=1).level == Level.OK
    clock[0] += 3.0
    status = health.status('nobody publishes', '')
    assert status.level == Level.ERROR
    assert status.message == 'no image for 4 s: nobody publishes'


def test_light_and_sharpness_are_told_once_a_picture_was_seen(clock):
    health = CameraHealth('image', '/image', 2.0)
    assert 'brightness' not in second(clock, health).values
    health.pictures.look(ColourImage(np.full((48, 64), 90, np.uint8), 'grey'), 1)
    values = second(clock, health).values
    assert values['brightness'] == 90.0 and values['unchanged_looks'] == 0
    assert np.isnan(values['edge_width_px'])


def test_only_a_new_reason_is_news():
    health = CameraHealth('image', '/image', 2.0)
    assert [health.count_rejected(reason) for reason in 'aab'] == [True, False, True]


def test_percentiles_of_the_last_values():
    window = LatencyWindow(size=100)
    assert window.percentiles_ms() is None
    for value in range(1, 301):
        window.add(value * 1_000_000)
    p50, p95, p99 = window.percentiles_ms()
    assert (p50, p95, p99) == pytest.approx((250.5, 295.05, 299.01))
