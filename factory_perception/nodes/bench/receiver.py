"""Notes when messages arrive; prints (arrival, stamp) in nanoseconds as JSON at the end."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from typing import Any

import rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from trajectory_msgs.msg import JointTrajectory
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.stamps import stamp_ns
from factory_perception.nodes.process import make_executor, prepare_process

KINDS = {'image': Image, 'detections': Detection2DArray, 'forecast': JointTrajectory}


def main() -> int:
    """Listen until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--topic', default='image')
    parser.add_argument('--kind', choices=KINDS, default='image')
    options = parser.parse_args()
    prepare_process()
    rclpy.init()
    node = rclpy.create_node('bench_receiver')
    arrivals: list[tuple[int, int]] = []

    def on_message(message: Any) -> None:
        arrivals.append((time.time_ns(), stamp_ns(message.header.stamp)))

    reliability = (
        ReliabilityPolicy.BEST_EFFORT if options.kind == 'image' else ReliabilityPolicy.RELIABLE
    )
    node.create_subscription(
        KINDS[options.kind],
        options.topic,
        on_message,
        QoSProfile(depth=10, reliability=reliability),
    )
    stop = threading.Event()

    def on_end_of_input() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=on_end_of_input, daemon=True).start()
    executor = make_executor()
    executor.add_node(node)
    while not stop.is_set():
        executor.spin_once(timeout_sec=0.1)
    print(json.dumps(arrivals), flush=True)
    return 0


if __name__ == '__main__':
    os._exit(main())  # a measuring process needs no orderly end
