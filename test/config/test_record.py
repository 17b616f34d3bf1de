"""What is recorded exists, with a QoS that fits and that rosbag2 understands."""

from __future__ import annotations

from pathlib import Path

import yaml

from test.config.topics_there import BEST_EFFORT, LATCHED, published

FILE = Path(__file__).resolve().parents[2] / 'config' / 'record.yaml'
KEYS = {'reliability', 'durability', 'history', 'depth'}
TOPICS = yaml.safe_load(FILE.read_text())


def test_topics_are_published():
    coming = {'/motion_predictor/forecast', '/motion_predictor/residual'} - set(published())
    assert set(TOPICS) - coming <= set(published())


def test_qos_fits_the_publishers():
    for topic, qos in TOPICS.items():
        assert set(qos) <= KEYS
        assert qos['reliability'] == ('best_effort' if topic in BEST_EFFORT else 'reliable') or (
            topic == '/cell/camera/camera_info'
        )
        assert (qos.get('durability') == 'transient_local') == (topic in LATCHED)
        assert 1 <= qos['depth'] <= 1000
