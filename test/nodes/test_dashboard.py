"""The dashboard node on real topics: idle until somebody looks, and idle again afterwards."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.request

import aiohttp
from builtin_interfaces.msg import Duration
from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Header, String
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from factory_perception.bridge.detection_msgs import write_detections, write_label_info
from factory_perception.bridge.diagnostic_msgs import (
    Level,
    read_level,
    read_values,
    Status,
    write_diagnostics,
)
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.dashboard import DashboardNode
from factory_perception.page.server import open_socket
from factory_perception.vision.detections import Detections
from test.nodes.conftest import wait_for
from test.page.test_server import next_news

CLASSES = ('gear', 'scratch')
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
STEP_NS = 66_000_000


@pytest.fixture
def start(ros):
    """Start a dashboard on a free port."""

    def start(**parameters):
        overrides = [
            Parameter(name, value=value) for name, value in {'port': 0, **parameters}.items()
        ]
        return ros.add(DashboardNode(context=ros.context, parameter_overrides=overrides))

    return start


@pytest.fixture
def cell(ros):
    """Give a node that publishes to a topic once somebody listens there."""
    node = ros.node('other')
    publishers = {}

    def send(topic, message, qos=10, wait=True):
        if topic not in publishers:
            publishers[topic] = node.create_publisher(type(message), topic, qos)
        if wait:
            wait_for(publishers[topic].get_subscription_count)
        publishers[topic].publish(message)

    send.node = node
    return send


def page_of(node) -> str:
    wait_for(lambda: node._address)
    return node._address


def state(node) -> dict:
    with urllib.request.urlopen(f'{page_of(node)}state.json', timeout=10) as answer:
        return json.loads(answer.read())


def found(*class_ids: int) -> Detections:
    boxes = np.array([[0, 0, 60, 60], [20, 20, 30, 30]], np.float32)[: len(class_ids)]
    scores = np.full(len(class_ids), 0.9, np.float32)
    return Detections(boxes, scores, np.array(class_ids, np.int32))


def header(index: int) -> Header:
    return Header(stamp=to_stamp(1_000_000_000 + index * STEP_NS))


def detector_health(**values) -> DiagnosticArray:
    return write_diagnostics(
        'detector', [Status('engine', Level.OK, 'fine', values)], header(0).stamp
    )


def test_counts_of_good_and_defect_by_class(start, cell):
    node = start()
    cell('/diagnostics', detector_health(model='parts@1', defects='scratch, stain'))
    wait_for(lambda: state(node)['defects'])
    for index in range(40):
        seen = found(0, 1) if index < 8 else found(0) if 20 <= index < 28 else found()
        cell('detector/detections', write_detections(seen, CLASSES, header(index)))
        time.sleep(0.02)  # a camera is not faster
    counts = wait_for(lambda: (c := state(node)['counts'].get('')) and len(c['recent']) == 2 and c)
    assert counts['good'] == {'gear': 1} and counts['defective'] == {'gear': 1}
    assert counts['defects'] == {'scratch': 1}
    assert state(node)['defects'] == ['scratch', 'stain']


def test_nothing_is_counted_before_defects_are_known(start, cell):
    node = start()

    def send(index: int, *class_ids: int) -> None:
        cell('detector/detections', write_detections(found(*class_ids), CLASSES, header(index)))
        time.sleep(0.02)

    for index in range(20):
        send(index, *([0, 1] if index < 8 else []))
    wait_for(lambda: state(node)['colours'])
    cell('/diagnostics', detector_health(model='parts@1', defects='scratch'))
    wait_for(lambda: state(node)['defects'])
    for index in range(20, 40):
        send(index, *([0] if index < 28 else []))
    counts = wait_for(lambda: state(node)['counts'].get(''))
    assert counts['good'] == {'gear': 1} and counts['defective'] == {}


def test_colours_follow_the_order_of_the_model(start, cell):
    cell('detector/label_info', write_label_info(CLASSES, 0.5, header(0)), LATCHED, wait=False)
    node = start(defects=['scratch'])

    def named():
        cell('detector/detections', write_detections(found(1), CLASSES, header(0)))
        return list(state(node)['colours']) == list(CLASSES)

    wait_for(named)


def test_events_and_changes_of_health(start, cell):
    event = json.dumps({'errorType': 'joint.friction_rise', 'errorLevel': 'URGENT'})
    cell('fault_diagnoser/events', String(data=event), LATCHED, wait=False)  # before it started
    node = start()
    wait_for(lambda: state(node)['events'])
    stamp = header(0).stamp
    for level in (Level.OK, Level.ERROR, Level.ERROR, Level.OK):
        status = Status('engine', level, level.name)
        cell('/diagnostics', write_diagnostics('detector', [status], stamp))
        diagnosis = Status('joint_1', level, level.name)
        cell('/diagnostics', write_diagnostics('fault_diagnoser', [diagnosis], stamp))
    wait_for(lambda: len(state(node)['events']) == 3)
    kinds = [(event['kind'], event['text']) for event in state(node)['events']]
    assert kinds == [('detector: engine', 'OK'), ('detector: engine', 'ERROR'),
                     ('joint.friction_rise', '')]  # fmt: skip


def test_a_broken_event_is_survived(start, cell):
    node = start()
    cell('fault_diagnoser/events', String(data='{broken'), LATCHED)
    cell('fault_diagnoser/events', String(data='{"errorType": "x"}'), LATCHED)
    assert wait_for(lambda: state(node)['events'])[0]['kind'] == 'x'


def subscribed(node) -> set[str]:
    return {subscription.topic_name for subscription in node.subscriptions}


def test_nothing_is_listened_to_for_nobody(start, cell):
    node = start()
    address = page_of(node)
    while_watched = {'/image', '/joint_states', '/motion_predictor/forecast'}
    assert not while_watched & subscribed(node)

    async def look():
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f'{address}live') as live,
        ):
            await next_news(live, 'state')
            await asyncio.to_thread(wait_for, lambda: '/joint_states' in subscribed(node))
            assert '/image' not in subscribed(node)
            await live.send_json({'camera': ''})
            await asyncio.to_thread(wait_for, lambda: while_watched <= subscribed(node))

    asyncio.run(look())
    wait_for(lambda: not while_watched & subscribed(node))


def test_pictures_with_boxes_and_curves_with_forecasts(start, cell):
    address = page_of(start())
    positions = JointTrajectoryPoint(positions=[0.5], time_from_start=Duration(nanosec=250_000_000))

    def speak(index: int) -> None:
        pixels = np.full((48, 64, 3), 90, np.uint8)
        cell('image', write_image(pixels, 'bgr8', header(index)), BEST_EFFORT)
        cell('detector/detections', write_detections(found(0), CLASSES, header(index)))
        cell('joint_states', JointState(header=header(index), name=['a'], position=[0.25]))
        forecast = JointTrajectory(header=header(index), joint_names=['a'], points=[positions])
        cell('motion_predictor/forecast', forecast)

    async def look():
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f'{address}live') as live,
        ):
            await live.send_json({'camera': ''})
            picture = joints = None
            for index in range(100):
                await asyncio.to_thread(speak, index)
                message = await live.receive(timeout=10)
                if message.type == aiohttp.WSMsgType.BINARY:
                    length = int.from_bytes(message.data[:4], 'big')
                    picture = json.loads(message.data[4 : 4 + length])
                    await live.send_json({'shown': picture['number']})
                else:
                    news = json.loads(message.data)
                    if news['kind'] == 'joints' and news['measured'] and news['forecast']:
                        joints = news
                if picture and picture['boxes'] and joints:
                    return picture, joints

    picture, joints = asyncio.run(asyncio.wait_for(look(), 60))
    assert picture['size'] == [64, 48] and picture['boxes'] == [['gear', 0.9, 0, 0, 60, 60]]
    assert joints['names'] == ['a'] and joints['measured'][0][1] == [0.25]
    assert joints['forecast'][0][1] == [0.5] and joints['ahead_s'] == 0.25


def test_health_tells_the_address(ros, start, cell):
    reports = ros.collect(cell.node, DiagnosticArray, '/diagnostics')
    node = start()
    status = wait_for(lambda: [
        s for m in reports for s in m.status if s.name == 'dashboard: page'
    ])[0]  # fmt: skip
    assert read_values(status)['address'] == page_of(node) and read_level(status) == Level.OK


@pytest.mark.parametrize('parameters, text', [
    ({'port': 'taken'}, 'is taken by another program'),
    ({'address': '0.0.0.0'}, 'set token_file to a file with a secret'),
    ({'token_file': '/nowhere/token'}, '/nowhere/token'),
])  # fmt: skip
def test_what_cannot_be_opened_is_told(ros, start, cell, parameters, text):
    reports = ros.collect(cell.node, DiagnosticArray, '/diagnostics')
    with open_socket('127.0.0.1', 0) as listening:
        if parameters.get('port') == 'taken':
            parameters = {'port': listening.getsockname()[1]}
        node = start(**parameters)
        wait_for(lambda: [
            s for m in reports for s in m.status
            if s.name == 'dashboard: state' and text in s.message
        ])  # fmt: skip
    assert node._server is None


def test_it_can_be_stopped_and_started_again(start):
    node = start()
    first = page_of(node)
    wait_for(lambda: node._state_machine.current_state[1] == 'active')
    for transition in (node.trigger_deactivate, node.trigger_activate):
        transition()
    assert state(node)['title'] == 'Factory cell'
    node.trigger_deactivate()
    with pytest.raises(OSError):
        urllib.request.urlopen(first, timeout=2)
    time.sleep(0.2)  # timers of the stopped node must not fire into nothing
