"""The detector node on real topics: values, headers, health, and everything that can be wrong."""

from __future__ import annotations

import cv2
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import ChangeState
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray, LabelInfo
from visualization_msgs.msg import MarkerArray

from factory_perception.bridge.diagnostic_msgs import Level, read_level, read_values
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.detector import DetectorNode
from test.nodes.conftest import wait_for
from test.support import publish_blobs

BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


def picture(column: int = 2, row: int = 1, scale: int = 10) -> np.ndarray:
    """Give a black picture with one bright cell of the detector's 8 x 8 grid."""
    image = np.zeros((8 * scale, 8 * scale, 3), np.uint8)
    image[row * scale : (row + 1) * scale, column * scale : (column + 1) * scale] = 255
    return image


def image_message(pixels: np.ndarray, stamp_ns: int = 1_000_000_007, frame: str = 'cam') -> Image:
    encoding = 'mono8' if pixels.ndim == 2 else 'bgr8'
    header = Header(stamp=to_stamp(stamp_ns), frame_id=frame)
    return write_image(pixels, encoding, header)


@pytest.fixture
def start(ros, store):
    """Start a detector on the model of bright cells, with parameters."""
    publish_blobs(store)

    def start(**parameters):
        values = {'model': 'blobs', 'model_store': [str(store.roots[0])], **parameters}
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        node = DetectorNode(context=ros.context, parameter_overrides=overrides)
        return ros.add(node)

    return start


@pytest.fixture
def camera(ros):
    """Give a node with a function that publishes an image once someone listens."""
    node = ros.node('camera')
    publishers = {}

    def send(message, topic='image', qos=BEST_EFFORT):
        if topic not in publishers:
            publishers[topic] = node.create_publisher(type(message), topic, qos)
            wait_for(lambda: publishers[topic].get_subscription_count())
        publishers[topic].publish(message)

    send.node = node
    return send


def send_until(send, message, answers, **options):
    """Best effort may lose the first messages of a new pair; send until something comes back."""

    def arrived():
        send(message, **options)
        return answers

    return wait_for(arrived)[0]


def statuses(messages, part):
    return [s for m in messages for s in m.status if s.name == f'detector: {part}']


def test_box_class_score_and_header(ros, start, camera):
    start()
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    message = send_until(camera, image_message(picture(2, 1), 5_000_000_009, 'cam_7'), found)
    assert message.header.frame_id == 'cam_7'
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (5, 9)
    (item,) = message.detections
    assert item.header == message.header
    assert item.results[0].hypothesis.class_id == 'bright'
    assert item.results[0].hypothesis.score == pytest.approx(1.0, abs=0.02)
    box = item.bbox
    assert (box.center.position.x, box.center.position.y) == pytest.approx((25, 15), abs=0.1)
    assert (box.size_x, box.size_y) == pytest.approx((10, 10), abs=0.1)


def test_an_empty_picture_is_answered_with_an_empty_array(ros, start, camera):
    start()
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    message = send_until(camera, image_message(np.zeros((50, 70, 3), np.uint8)), found)
    assert message.detections == [] and message.header.frame_id == 'cam'


def test_compressed_pictures(ros, start, camera):
    start(transport='compressed')
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    data = cv2.imencode('.jpg', picture(7, 7))[1]
    message = CompressedImage(format='jpeg', data=data.tobytes())
    answer = send_until(camera, message, found, topic='image/compressed')
    assert answer.detections[0].bbox.center.position.x == pytest.approx(75, abs=0.2)


def test_label_info_is_latched(ros, start, camera):
    start()
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    info = ros.collect(camera.node, LabelInfo, 'detector/label_info', latched)
    message = wait_for(lambda: info)[0]
    assert [(c.class_id, c.class_name) for c in message.class_map] == [(0, 'bright')]
    assert message.threshold == pytest.approx(0.6)


def test_several_cameras_keep_apart(ros, start, camera):
    start(cameras=['left', 'right'])
    left = ros.collect(camera.node, Detection2DArray, 'detector/left/detections')
    right = ros.collect(camera.node, Detection2DArray, 'detector/right/detections')
    first = send_until(camera, image_message(picture(0), frame='l'), left, topic='left/image')
    second = send_until(camera, image_message(picture(7), frame='r'), right, topic='right/image')
    assert (first.header.frame_id, second.header.frame_id) == ('l', 'r')
    assert first.detections[0].bbox.center.position.x == pytest.approx(5, abs=0.1)
    assert second.detections[0].bbox.center.position.x == pytest.approx(75, abs=0.1)


def test_overlay_and_markers_only_while_someone_listens(ros, start, camera):
    node = start(surface_plane=[0.0, 0.0, 1.0, 2.0])
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    send_until(camera, image_message(picture()), found)
    assert ros.collect(camera.node, Image, 'detector/other') == []
    k = [80.0, 0, 40.0, 0, 80.0, 40.0, 0, 0, 1.0]
    info = CameraInfo(k=k, d=[0.0] * 5)
    overlays = ros.collect(camera.node, Image, 'detector/overlay')
    markers = ros.collect(camera.node, MarkerArray, 'detector/markers')

    def both():
        camera(info, topic='camera_info', qos=10)
        camera(image_message(picture(2, 1)))
        return overlays and markers

    wait_for(both)
    overlay = overlays[0]
    assert (overlay.width, overlay.height, overlay.encoding) == (80, 80, 'bgr8')
    assert overlay.header.frame_id == 'cam'
    box, label = markers[0].markers
    # 80 px focal length, surface 2 m away: one pixel is 25 mm. The middle of the box is 25, 15
    # from the edge of the first pixel, 24.5, 14.5 from its centre.
    place = (box.pose.position.x, box.pose.position.y)
    assert place == pytest.approx((-0.3875, -0.6375), abs=1e-3)
    assert box.pose.position.z == pytest.approx(2.0)
    assert (box.scale.x, box.scale.y) == pytest.approx((0.25, 0.25), abs=1e-2)
    assert label.text.startswith('bright')
    assert node.values.surface_plane[2] == 1.0


def test_health_names_engine_and_latencies(ros, start, camera):
    start()
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    stamp = ros.node('clock').get_clock().now().nanoseconds
    send_until(camera, image_message(picture(), stamp), found)
    reports.clear()

    def healthy():
        return [
            s for s in statuses(reports, 'image') if read_values(s).get('published', '0') != '0'
        ]

    values = read_values(wait_for(healthy)[0])
    assert int(values['received']) >= 1 and values['rejected'] == '0' and values['lost'] == '0'
    for stage in ('transport', 'wait', 'prepare', 'infer', 'decode', 'publish', 'total'):
        assert float(values[f'{stage}_ms_p50']) >= 0
        assert float(values[f'{stage}_ms_p99']) >= float(values[f'{stage}_ms_p50'])
    engine = read_values(statuses(reports, 'engine')[0])
    assert engine['backend'] == 'onnxruntime' and engine['precision'] == 'fp32'
    assert engine['model'] == 'blobs@1' and len(engine['model_sha256']) == 64


BROKEN = {
    'unknown encoding': {'encoding': '64FC9'},
    'is smaller than a row': {'step': 3},
    'impossible size': {'width': 0},
    'bytes of data': {'height': 10_000},
}


@pytest.mark.parametrize('reason, change', BROKEN.items())
def test_broken_frames_are_dropped_counted_and_named(ros, start, camera, reason, change):
    start()
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    broken = image_message(picture())
    for name, value in change.items():
        setattr(broken, name, value)

    def reported():
        camera(broken)
        return [s for s in statuses(reports, 'image') if read_level(s) == Level.WARN]

    status = wait_for(reported)[0]
    assert 'broken frames on /image' in status.message and reason in status.message
    assert int(read_values(status)['rejected']) >= 1
    send_until(camera, image_message(picture()), found)  # and the node lives


def test_impossible_stamp_and_broken_jpeg(ros, start, camera):
    start(transport='compressed')
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    message = CompressedImage(format='jpeg', data=b'\xff\xd8\xff nothing')

    def level():
        camera(message, topic='image/compressed')
        return [s for s in statuses(reports, 'image') if 'broken picture' in s.message]

    assert wait_for(level)
    message.header.stamp.nanosec = 4_000_000_000
    assert wait_for(
        lambda: (
            camera(message, topic='image/compressed')
            or [s for s in statuses(reports, 'image') if 'impossible time stamp' in s.message]
        )
    )


def test_silence_is_explained(ros, other_ros, start, camera):
    start(image_timeout=0.3)
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')

    def message(text):
        return [s for s in statuses(reports, 'image') if text in s.message]

    status = wait_for(lambda: message('/image has no publisher (0)'))[0]
    assert read_level(status) == Level.ERROR
    other_ros.node('wrong').create_publisher(CompressedImage, 'image', 1)
    assert wait_for(lambda: message('publishes sensor_msgs/msg/CompressedImage, not sensor_msgs'))


def test_a_publisher_with_other_qos_is_named(ros, start, camera):
    # A reliable listener hears no best-effort camera: the classic silent mismatch.
    start(image_timeout=0.3, **{'qos_overrides./image.subscription.reliability': 'reliable'})
    camera.node.create_publisher(Image, 'image', BEST_EFFORT)
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')

    def named():
        return [s for s in statuses(reports, 'image') if 'the QoS of /camera' in s.message]

    status = wait_for(named)[0]
    assert '1 publisher' in status.message and 'best_effort' in status.message
    assert 'qos_overrides./image.subscription' in status.message


def test_thresholds_change_while_it_runs(ros, start, camera):
    node = start()
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    dim = (picture() * 0.7).astype(np.uint8)
    assert len(send_until(camera, image_message(dim), found).detections) == 1
    assert node.set_parameters([Parameter('score_threshold', value=0.9)])[0].successful
    wait_for(lambda: camera(image_message(dim)) or not found[-1].detections)
    result = node.set_parameters([Parameter('score_threshold', value=1.5)])[0]
    assert not result.successful
    result = node.set_parameters([Parameter('model', value='other')])[0]
    assert not result.successful and 'read-only' in result.reason.lower().replace('_', '-')


def change_state(ros, label):
    node = ros.node('manager')
    client = node.create_client(ChangeState, 'detector/change_state')
    assert client.wait_for_service(10)
    request = ChangeState.Request()
    request.transition.label = label
    future = client.call_async(request)
    wait_for(future.done)
    return future.result().success


def test_deactivate_activate_and_cleanup(ros, start, camera):
    start()
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    send_until(camera, image_message(picture()), found)
    for label in ('deactivate', 'activate', 'deactivate', 'cleanup', 'configure', 'activate'):
        assert change_state(ros, label), label
    found.clear()
    send_until(camera, image_message(picture(5)), found)


def test_without_autostart_it_waits(ros, start, camera):
    node = start(autostart=False)
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    wait_for(lambda: statuses(reports, 'state'))
    assert node.count_subscribers('/image') == 0
    assert change_state(ros, 'configure') and change_state(ros, 'activate')
    wait_for(lambda: node.count_subscribers('/image'))


def test_a_missing_model_fails_in_words_and_can_be_mended(ros, start, camera, store):
    start(model='gears')
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    status = wait_for(lambda: statuses(reports, 'state'))[0]
    assert read_level(status) == Level.ERROR
    assert status.message.startswith('cannot configure: there is no model "gears"')
    assert not change_state(ros, 'configure')
    publish_blobs(store, 'gears')
    assert change_state(ros, 'configure') and change_state(ros, 'activate')
    found = ros.collect(camera.node, Detection2DArray, 'detector/detections')
    send_until(camera, image_message(picture()), found)


@pytest.mark.parametrize('damage, text', [
    (lambda path: (path / 'fp32.onnx').unlink(), 'fp32.onnx is missing'),
    (lambda path: (path / 'fp32.onnx').write_bytes(b'short'), 'it is cut off or changed'),
    (lambda path: (path / 'manifest.json').write_text('{}'), 'changed after publishing'),
])  # fmt: skip
def test_a_damaged_model_fails_in_words(ros, start, camera, store, damage, text):
    damage(store.versions('blobs')[1])
    start()
    reports = ros.collect(camera.node, DiagnosticArray, '/diagnostics')
    assert wait_for(lambda: [s for s in statuses(reports, 'state') if text in s.message])


def test_a_wrong_choice_is_refused_at_the_start(start):
    with pytest.raises(ValueError, match='backend is "warp"; it can be auto, onnxruntime'):
        start(backend='warp')
