"""MQTT bridge and OPC UA server as nodes: what detector and diagnoser say arrives over there."""

from __future__ import annotations

import asyncio
import json
import time

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header, String
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.diagnostic_msgs import Level, Status, write_diagnostics
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.mqtt_bridge import MqttBridgeNode
from factory_perception.nodes.opcua_server import OpcuaServerNode
from factory_perception.vision.detections import Detections
from test.neighbours.brokers import free_port, mosquitto
from test.nodes.conftest import wait_for

CLASSES = ('gear', 'scratch')
LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
EVENT = json.dumps({'errorType': 'joint.collision', 'errorLevel': 'URGENT',
                    'errorDescription': 'joint_2 met something'})  # fmt: skip


def start(ros, kind, **parameters):
    overrides = [Parameter(name, value=value) for name, value in parameters.items()]
    return ros.add(kind(context=ros.context, parameter_overrides=overrides))


@pytest.fixture
def cell(ros):
    """Give a function that lets one good and one scratched gear pass, an event, and a warning."""
    node = ros.node('cell')
    detections = node.create_publisher(Detection2DArray, 'detector/detections', 50)
    events = node.create_publisher(String, 'fault_diagnoser/events', LATCHED)
    health = node.create_publisher(DiagnosticArray, '/diagnostics', 10)

    def run(listener) -> None:
        wait_for(detections.get_subscription_count)
        events.publish(String(data=EVENT))
        status = Status('image', Level.WARN, 'slow')
        health.publish(write_diagnostics('detector', [status], to_stamp(1)))
        boxes = np.array([[0, 0, 60, 60], [20, 20, 30, 30]], np.float32)
        for index in range(40):
            count = 1 if index < 8 else 2 if 20 <= index < 28 else 0
            found = Detections(boxes[:count], np.full(count, 0.9, np.float32),
                               np.arange(count, dtype=np.int32))  # fmt: skip
            header = Header(stamp=to_stamp(10**9 + index * 66_000_000))
            detections.publish(write_detections(found, CLASSES, header))
            time.sleep(0.02)  # a camera is not faster

    run.node = node
    return run


def test_mqtt(ros, cell):
    paho = pytest.importorskip('paho.mqtt.client', reason='pip install paho-mqtt')
    port = free_port()
    heard: dict[str, list[str]] = {}
    with mosquitto(port):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.on_message = lambda _c, _d, m: heard.setdefault(m.topic, []).append(
            m.payload.decode()
        )
        client.on_connect = lambda c, *_: c.subscribe('line/#', qos=1)
        client.connect('127.0.0.1', port)
        client.loop_start()
        node = start(ros, MqttBridgeNode, port=port, prefix='line', defects=['scratch'])
        wait_for(lambda: heard.get('line/state') == ['online'])
        cell(node)
        wait_for(lambda: len(heard.get('line/parts', [])) == 2)
        parts = [json.loads(text) for text in heard['line/parts']]
        assert [(part['class'], part['good'], part['defects']) for part in parts] == [
            ('gear', True, []), ('gear', False, ['scratch']),
        ]  # fmt: skip
        wait_for(lambda: len(heard.get('line/counts', [])) == 2)
        counts = json.loads(heard['line/counts'][-1])
        assert (counts['good'], counts['defective']) == (1, 1)
        assert heard['line/events'] == [EVENT]
        wait_for(lambda: any('slow' in text for text in heard.get('line/health', [])))
        node.trigger_deactivate()
        wait_for(lambda: heard['line/state'][-1] == 'offline')
        client.disconnect()
        client.loop_stop()


def test_a_broker_that_is_away_is_a_warning(ros, cell):
    pytest.importorskip('paho.mqtt.client', reason='pip install paho-mqtt')
    reports = ros.collect(cell.node, DiagnosticArray, '/diagnostics')
    start(ros, MqttBridgeNode, port=free_port())
    wait_for(lambda: [s for m in reports for s in m.status if 'no broker answers' in s.message])


def test_opcua(ros, cell):
    asyncua = pytest.importorskip('asyncua', reason='pip install asyncua')
    from factory_perception.neighbours.opcua import NAMESPACE

    node = start(ros, OpcuaServerNode, port=free_port(), defects=['scratch'])
    wait_for(lambda: node._link, 60)
    endpoint = node.link.endpoint
    cell(node)

    async def read() -> dict:
        async with asyncua.Client(endpoint) as client:
            index = await client.get_namespace_index(NAMESPACE)
            cell = await client.nodes.objects.get_child([f'{index}:Cell'])
            return {(await child.read_browse_name()).Name: await child.read_value()
                    for child in await cell.get_children()}  # fmt: skip

    values = wait_for(lambda: (v := asyncio.run(read()))['PartsDefective'] and v, 40)
    assert values['PartsGood'] == 1 and values['LastPartDefects'] == 'scratch'
    assert values['LastPartGood'] is False and values['LastEvent'] == EVENT
    assert (values['LastEventType'], values['LastEventLevel']) == ('joint.collision', 2)
    wait_for(lambda: asyncio.run(read())['HealthText'] == 'detector: image: slow', 40)


@pytest.mark.parametrize('kind, parameters, text', [
    (OpcuaServerNode, {'address': '0.0.0.0'}, 'set open_to_network to true'),
    (MqttBridgeNode, {'password_file': '/nowhere/password'}, '/nowhere/password'),
    (MqttBridgeNode, {'prefix': 'a/#'}, 'MQTT broker 127.0.0.1'),
])  # fmt: skip
def test_trouble_is_told(ros, cell, kind, parameters, text):
    reports = ros.collect(cell.node, DiagnosticArray, '/diagnostics')
    start(ros, kind, **parameters)
    wait_for(lambda: [s for m in reports for s in m.status if text in s.message])


def test_a_password_that_others_can_read_is_refused(ros, cell, tmp_path):
    file = tmp_path / 'password'
    file.write_text('secret')
    file.chmod(0o644)
    reports = ros.collect(cell.node, DiagnosticArray, '/diagnostics')
    start(ros, MqttBridgeNode, user='line', password_file=str(file))
    wait_for(lambda: [s for m in reports for s in m.status if 'chmod 600' in s.message])
