"""Publishes the joint states of some robots at a rate, for some seconds."""

from __future__ import annotations

import argparse
from array import array
from dataclasses import replace
import math
import os
import sys
import time

import numpy as np
from numpy.typing import NDArray
import rclpy
from sensor_msgs.msg import JointState

from factory_perception.bridge.stamps import to_stamp
from factory_perception.cell.config import load_config
from factory_perception.cell.joint_stream import JointStream
from factory_perception.cell.pick_cycle import CyclePlanner
from factory_perception.cell.seeds import stream
from factory_perception.cell.tasks import RandomTasks
from factory_perception.nodes.bench.listeners import are_heard
from factory_perception.nodes.process import prepare_process

#: So long is waited for those who listen.
_PATIENCE_S = 60.0


def swing(joints: int, rate_hz: float, count: int) -> NDArray[np.float64]:
    """Give samples ``(count, 3, joints)`` of joints that swing as no arm does."""
    speeds = 0.5 + 0.2 * np.arange(joints)
    angles = np.arange(count)[:, None] / rate_hz * speeds
    return np.stack([np.sin(angles), speeds * np.cos(angles), -20.0 * np.sin(angles)], 1)


def work(joints: int, rate_hz: float, count: int) -> NDArray[np.float64]:
    """Give samples ``(count, 3, joints)`` of the healthy arm of the cell at its work.

    An arm with more joints has some of them twice.
    """
    config = load_config()
    config = replace(config, arm=replace(config.arm, rate_hz=rate_hz))
    planner = CyclePlanner(config)
    tasks = RandomTasks(config, planner, stream(1, 'tasks'))
    samples = JointStream(config, tasks, planner.home, 1).advance(count)
    channels = np.stack([samples.position, samples.velocity, samples.effort], 1)
    return channels[:, :, np.arange(joints) % channels.shape[2]]


MOTIONS = {'work': work, 'swing': swing}


def main() -> int:
    """Say when it begins, and publish until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--robots', nargs='+', default=[''], help='prefixes of the topics')
    parser.add_argument('--joints', nargs='+', required=True)
    parser.add_argument('--rate', type=float, default=500.0)
    parser.add_argument('--seconds', type=float, default=10.0)
    parser.add_argument('--motion', choices=MOTIONS, default='work')
    parser.add_argument('--listeners', type=int, default=0, help='to wait for, each robot')
    options = parser.parse_args()
    count = math.ceil(options.seconds * options.rate)
    samples = MOTIONS[options.motion](len(options.joints), options.rate, count)
    prepare_process()
    rclpy.init()
    node = rclpy.create_node('bench_robots')
    topics = [f'{robot}/joint_states'.lstrip('/') for robot in options.robots]
    publishers = [node.create_publisher(JointState, topic, 50) for topic in topics]
    if not are_heard(publishers, options.listeners, _PATIENCE_S):
        print(f'no {options.listeners} nodes listen to each robot', file=sys.stderr)
        return 1
    print('begins', flush=True)
    start = time.monotonic()
    for tick, sample in enumerate(samples):
        time.sleep(max(start + tick / options.rate - time.monotonic(), 0.0))
        position, velocity, effort = (array('d', row) for row in sample)
        for publisher in publishers:
            message = JointState(
                name=options.joints, position=position, velocity=velocity, effort=effort
            )
            message.header.stamp = to_stamp(time.time_ns())
            publisher.publish(message)
    return 0


if __name__ == '__main__':
    os._exit(main())  # a measuring process needs no orderly end
