"""The trainer node: a real training beside it, told, cancelled, and refused with a reason."""

from __future__ import annotations

import json
import os

from diagnostic_msgs.msg import DiagnosticArray
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Float32, String
from std_srvs.srv import Trigger

from factory_perception.bridge.diagnostic_msgs import Level, read_level
from factory_perception.nodes.trainer import command_words, TrainerNode, TrainerParameters
from test.nodes.conftest import wait_for
from test.training.datasets import makers

LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Shop:
    """A trainer, and somebody who asks things of it."""

    def __init__(self, ros, folder, store, **parameters):
        words = [
            '--set',
            'fit.epochs=1',
            '--set',
            'export.int8=false',
            '--set',
            'export.fp16=false',
        ]
        values = {
            'data': str(folder), 'name': 'small', 'preset': 'tiny',
            'model_store': str(store.roots[0]), 'extra': words, **parameters,
        }  # fmt: skip
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        self.node = ros.add(TrainerNode(context=ros.context, parameter_overrides=overrides))
        self.person = ros.node('person')
        self.progress = ros.collect(self.person, Float32, 'trainer/progress', LATCHED)
        self.results = ros.collect(self.person, String, 'trainer/result', LATCHED)
        self.health = ros.collect(self.person, DiagnosticArray, '/diagnostics')
        self._clients = {}

    def ask(self, what):
        client = self._clients.get(what)
        if client is None:
            client = self._clients[what] = self.person.create_client(Trigger, f'trainer/{what}')
            wait_for(client.service_is_ready)
        future = client.call_async(Trigger.Request())
        wait_for(future.done)
        return future.result()

    def result(self, number=0, seconds=90.0):
        wait_for(lambda: len(self.results) > number, seconds)
        return json.loads(self.results[number].data)

    def last_status(self):
        found = [s for m in self.health for s in m.status if s.name == 'trainer: training']
        return found[-1] if found else None


@pytest.fixture
def pictures(tmp_path):
    makers.coco(tmp_path / 'pictures', count=12)
    return tmp_path / 'pictures'


def test_a_request_ends_in_a_published_model(ros, store, pictures):
    shop = Shop(ros, pictures, store)
    answer = shop.ask('start')
    assert answer.success and str(pictures) in answer.message
    refused = shop.ask('start')
    assert not refused.success and 'a training is running' in refused.message
    pid, lowest = shop.node._training.pid, min(os.getpriority(os.PRIO_PROCESS, 0) + 19, 19)
    wait_for(lambda: os.getpriority(os.PRIO_PROCESS, pid) == lowest)
    result = shop.result()
    assert result['model'] == 'small@1' and not result['cancelled']
    assert not result['promoted'] and 'not promoted' in result['message']  # learnt too little
    store.find('small@1').verify()
    wait_for(lambda: shop.progress and shop.progress[-1].data == pytest.approx(1.0))
    status = wait_for(lambda: (s := shop.last_status()) and 'published' in s.message and s)
    assert read_level(status) == Level.OK


def test_a_cancelled_training_leaves_no_model(ros, store, pictures):
    shop = Shop(ros, pictures, store, extra=['--set', 'fit.epochs=10000'])
    assert not shop.ask('cancel').success
    shop.ask('start')
    # Only an epoch that was finished leaves something to go on from.
    wait_for(lambda: shop.progress and shop.progress[-1].data > 3 / 10000, 60.0)
    assert shop.ask('cancel').success
    result = shop.result()
    assert result['cancelled'] and result['model'] == '' and '--resume' in result['message']
    assert store.names() == []


def test_what_cannot_be_trained_is_told(ros, store, tmp_path):
    shop = Shop(ros, tmp_path / 'nothing', store)
    shop.ask('start')
    assert 'nothing' in shop.result()['message']
    status = wait_for(
        lambda: (s := shop.last_status()) and read_level(s) == Level.ERROR and s
    )  # fmt: skip
    assert str(tmp_path / 'nothing') in status.message


def test_without_data_the_node_is_not_configured(ros, store):
    shop = Shop(ros, '', store)
    told = wait_for(
        lambda: [s for m in shop.health for s in m.status if 'data is empty' in s.message]
    )
    assert read_level(told[0]) == Level.ERROR


def test_a_period_starts_by_itself_and_the_end_of_the_node_ends_the_training(ros, store, pictures):
    shop = Shop(ros, pictures, store, period=24.0, extra=['--set', 'fit.epochs=10000'])
    wait_for(lambda: shop.progress, 60.0)
    pid = shop.node._training.pid
    shop.node.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_words_of_the_command():
    values = TrainerParameters(data='cell', start_from='parts', extra=['--max-time', '30m'])
    assert command_words(values) == [
        '--data', 'cell', '--preset', 'cpu', '--from', 'parts', '--max-time', '30m'
    ]  # fmt: skip
