"""The link to a real broker: tells, waits while it is away, comes back, says goodbye."""

from __future__ import annotations

import queue

import pytest

from factory_perception.neighbours import missing
from factory_perception.neighbours.missing import load, NeighbourError
from factory_perception.neighbours.mqtt import Broker, MqttLink
from test.neighbours.brokers import free_port, mosquitto
from test.nodes.conftest import wait_for

paho = pytest.importorskip('paho.mqtt.client', reason='pip install paho-mqtt')


@pytest.fixture
def listen():
    """Give a function that subscribes to everything; messages arrive in a queue."""
    clients = []

    def listen(port: int) -> queue.Queue:
        heard: queue.Queue = queue.Queue()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.on_message = lambda _c, _d, m: heard.put((m.topic, m.payload.decode(), m.retain))
        client.on_connect = lambda c, *_: c.subscribe('#', qos=1)
        client.connect('127.0.0.1', port)
        client.loop_start()
        clients.append(client)
        return heard

    yield listen
    for client in clients:
        client.disconnect()
        client.loop_stop()


def test_tell_and_say_goodbye(listen):
    port = free_port()
    with mosquitto(port):
        link = MqttLink(Broker(port=port), 'cell_7')
        wait_for(lambda: link.trouble == '')
        link.tell('counts', {'good': 3}, retain=True)
        wait_for(lambda: not link._client._out_messages)
        heard = listen(port)  # comes late and still learns what is retained
        first = dict(heard.get(timeout=10)[:2] for _ in range(2))
        assert first == {'cell_7/counts': '{"good": 3}', 'cell_7/state': 'online'}
        link.tell('events', '{"errorType": "x"}')
        assert heard.get(timeout=10) == ('cell_7/events', '{"errorType": "x"}', False)
        link.close()
        assert heard.get(timeout=10)[:2] == ('cell_7/state', 'offline')


def test_news_wait_for_a_broker_that_comes_late(listen):
    port = free_port()
    link = MqttLink(Broker(port=port), 'cell_7')
    wait_for(lambda: f'no broker answers at 127.0.0.1:{port}' in link.trouble)
    link.tell('events', 'early')
    with mosquitto(port):
        heard = listen(port)
        wait_for(lambda: link.trouble == '', 40)
        found = {heard.get(timeout=10)[:2] for _ in range(2)}
        assert found == {('cell_7/events', 'early'), ('cell_7/state', 'online')}
        link.close()


def test_waiting_news_are_bounded():
    link = MqttLink(Broker(port=free_port()), 'cell_7')
    for _ in range(1200):
        link.tell('events', 'x')
    assert len(link._client._out_messages) <= 1000 and link.lost >= 200
    link.close()


@pytest.mark.parametrize('broker, prefix', [
    (Broker(host=''), 'cell'), (Broker(tls=True, ca_file='/nowhere/ca.pem'), 'cell'),
    (Broker(), 'cell/#'),
])  # fmt: skip
def test_settings_that_make_no_sense(broker, prefix):
    with pytest.raises(NeighbourError, match='MQTT broker'):
        MqttLink(broker, prefix)


def test_a_missing_library_is_told(monkeypatch):
    def nothing(name):
        raise ImportError(f'No module named {name}', name=name)

    monkeypatch.setattr(missing, 'import_module', nothing)
    with pytest.raises(NeighbourError, match=r'paho is not installed: pip install paho-mqtt'):
        load('paho', 'paho-mqtt')
