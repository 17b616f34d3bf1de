"""Benchmarks begin when everybody listens, or not at all."""

from __future__ import annotations

from factory_perception.nodes.bench.listeners import are_heard


class Publisher:
    """Has one subscriber more whenever it is asked."""

    def __init__(self, most):
        self._count, self._most = 0, most

    def get_subscription_count(self):
        self._count = min(self._count + 1, self._most)
        return self._count


def test_every_publisher_is_waited_for():
    slow = Publisher(3)
    assert are_heard([Publisher(2), slow], 2, 60.0)
    assert slow.get_subscription_count() == 3


def test_one_without_listeners_is_enough_to_give_up():
    assert not are_heard([Publisher(2), Publisher(1)], 2, 0.1)


def test_nobody_is_waited_for_when_nobody_is_asked_for():
    assert are_heard([Publisher(0)], 0, 0.0)
