"""The slots between the ROS thread and the worker."""

from __future__ import annotations

import threading
import time

from factory_perception.nodes.latest import LatestSlots
from factory_perception.nodes.worker import Worker


def test_a_newer_item_replaces_the_older_one():
    slots = LatestSlots(2)
    assert not slots.put(0, 'old')
    assert slots.put(0, 'new')
    assert not slots.put(1, 'other')
    assert slots.take(5) == [(0, 'new'), (1, 'other')]
    assert not slots.put(0, 'next')


def test_sources_take_turns():
    slots = LatestSlots(3)
    served = []
    for _ in range(4):
        for source in range(3):
            slots.put(source, source)
        served.append([source for source, _ in slots.take(2)])
    assert served == [[0, 1], [2, 0], [1, 2], [0, 1]]


def test_take_waits_and_close_lets_go():
    slots = LatestSlots(1)
    taken = []
    thread = threading.Thread(target=lambda: taken.extend([slots.take(1), slots.take(1)]))
    thread.start()
    time.sleep(0.02)
    assert taken == []
    slots.put(0, 'x')
    time.sleep(0.02)
    slots.close()
    thread.join(5)
    assert taken == [[(0, 'x')], []]


def test_a_worker_outlives_what_one_item_does_to_it():
    handled, failures, done = [], [], threading.Event()

    def handle(batch):
        ((_, item),) = batch
        if item == 'bad':
            raise RuntimeError('broken')
        handled.append(item)
        done.set()

    worker = Worker(1, 1, handle, failures.append)
    worker.slots.put(0, 'bad')
    while not failures:
        time.sleep(0.001)
    worker.slots.put(0, 'good')
    assert done.wait(5)
    worker.stop()
    assert handled == ['good'] and str(failures[0]) == 'broken'
