"""Publishes the joint states of some robots that swing, at a rate, for some seconds."""

from __future__ import annotations

import argparse
from array import array
import math
import os
import time

import rclpy
from sensor_msgs.msg import JointState

from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.process import prepare_process


def main() -> int:
    """Publish until the time is over; print how many samples a robot were sent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--robots', nargs='+', default=[''], help='prefixes of the topics')
    parser.add_argument('--joints', nargs='+', required=True)
    parser.add_argument('--rate', type=float, default=500.0)
    parser.add_argument('--seconds', type=float, default=10.0)
    options = parser.parse_args()
    prepare_process()
    rclpy.init()
    node = rclpy.create_node('bench_robots')
    topics = [f'{robot}/joint_states'.lstrip('/') for robot in options.robots]
    publishers = [node.create_publisher(JointState, topic, 50) for topic in topics]
    speeds = [0.5 + 0.2 * place for place in range(len(options.joints))]
    start = time.monotonic()
    count = round(options.seconds * options.rate)
    for tick in range(count):
        time.sleep(max(start + tick / options.rate - time.monotonic(), 0.0))
        at = tick / options.rate
        position = array('d', (math.sin(speed * at) for speed in speeds))
        velocity = array('d', (speed * math.cos(speed * at) for speed in speeds))
        effort = array('d', (-20 * value for value in position))
        for publisher in publishers:
            message = JointState(
                name=options.joints, position=position, velocity=velocity, effort=effort
            )
            message.header.stamp = to_stamp(time.time_ns())
            publisher.publish(message)
    print(count)
    return 0


if __name__ == '__main__':
    os._exit(main())  # a measuring process needs no orderly end
