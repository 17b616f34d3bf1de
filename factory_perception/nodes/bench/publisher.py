"""Publishes test frames at a steady rate, each stamped just before it is sent."""

from __future__ import annotations

import argparse
import os
import sys
import time

import numpy as np
import rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.bench.listeners import are_heard
from factory_perception.nodes.process import prepare_process

BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
DISCOVERY_S = 15.0
SETTLE_S = 0.5


def main() -> int:
    """Publish what the command line asks for; exit code 1 when nobody listens."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--topic', default='image')
    parser.add_argument('--size', type=int, nargs=2, default=(640, 480))
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--rate', type=float, default=30.0)
    parser.add_argument('--stock', action='store_true', help='without profile and thresholds')
    parser.add_argument('--at-once', action='store_true', help='do not wait for listeners')
    options = parser.parse_args()
    if not options.stock:
        prepare_process()
    rclpy.init()
    node = rclpy.create_node('bench_publisher')
    publisher = node.create_publisher(Image, options.topic, BEST_EFFORT)
    if not (options.at_once or are_heard([publisher], 1, DISCOVERY_S)):
        return 1
    time.sleep(SETTLE_S)
    width, height = options.size
    frame = np.random.default_rng(0).integers(0, 60, (height, width, 3), np.uint8)
    due = time.monotonic()
    for _ in range(options.count):
        header = Header(stamp=to_stamp(time.time_ns()), frame_id='bench')
        publisher.publish(write_image(frame, 'bgr8', header))
        due += 1 / options.rate
        time.sleep(max(due - time.monotonic(), 0))
    time.sleep(SETTLE_S)
    return 0


if __name__ == '__main__':
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a measuring process needs no orderly end
