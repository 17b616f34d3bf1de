"""Real ROS for the node tests: a domain of their own, a thread that spins."""

from __future__ import annotations

from collections.abc import Callable
import os
import random
import threading
import time

import pytest
import rclpy
from rclpy.node import Node

from factory_perception.nodes.process import make_executor, prepare_process


class Ros:
    """A private ROS context whose nodes are spun in the background."""

    def __init__(self, domain: int) -> None:
        self.domain = domain
        self.context = rclpy.Context()
        rclpy.init(context=self.context, domain_id=domain)
        self._executor = make_executor(self.context)
        self._nodes: list[Node] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._spin)
        self._thread.start()

    def _spin(self) -> None:
        while not self._stop.is_set():
            self._executor.spin_once(timeout_sec=0.02)

    def add(self, node: Node) -> Node:
        """Spin a node."""
        self._nodes.append(node)
        self._executor.add_node(node)
        return node

    def node(self, name: str = 'tester') -> Node:
        """Make a plain node and spin it."""
        return self.add(Node(name, context=self.context))

    def collect(self, node: Node, kind: type, topic: str, qos=10) -> list:
        """Subscribe; give the list that the messages are appended to."""
        messages: list = []
        node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def close(self) -> None:
        """Stop spinning, then take everything down."""
        self._stop.set()
        self._thread.join()
        for node in self._nodes:
            if hasattr(node, 'close'):
                node.close()
        self._executor.shutdown()
        for node in self._nodes:
            node.destroy_node()
        self.context.try_shutdown()


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> object:
    """Wait until a condition holds and give its value; fail the test when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError('what the test waits for did not happen')


@pytest.fixture(scope='session', autouse=True)
def _prepared():
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    prepare_process()


@pytest.fixture
def ros(monkeypatch):
    """Give a ROS context on a domain that nobody else uses."""
    domain = random.SystemRandom().randint(1, 100)
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    ros = Ros(domain)
    yield ros
    ros.close()


@pytest.fixture
def other_ros(ros):
    """Give a second participant on the same domain, as another process would be."""
    other = Ros(ros.domain)
    yield other
    other.close()
