"""A network of others on real video: what the node publishes is as good as the file run bare."""

from __future__ import annotations

import cv2
import numpy as np
import onnxruntime
import pytest
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image as ImageMessage
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.stamps import stamp_ns
from factory_perception.nodes.detector import DetectorNode
from factory_perception.nodes.replay import ReplayNode
from factory_perception.vision.average_precision import average_precision
from factory_perception.vision.coco import COCO_CLASSES
from factory_perception.vision.detections import Detections
from factory_perception.vision.importing import import_detector, ImportSettings, RULES
from factory_perception.vision.nms import keep_best
from factory_perception.vision.pictures import read_video
from test.conftest import data_folder
from test.nodes.conftest import wait_for

FRAMES = 60
LICENCE = {'licence': 'Apache-2.0', 'data_licence': 'COCO'}
THRESHOLDS = {'score': 0.01, 'iou': 0.65, 'max_detections': 100}


@pytest.fixture
def video(tmp_path):
    """Cut the first frames out of the real clip."""
    source = data_folder('surveillance_pets09') / 'dev'
    pictures = tmp_path / 'frames'
    pictures.mkdir()
    for picture in read_video(source / 'pets09_s2l1_frames_001-530_480x360_10fps.mp4'):
        if picture.index == FRAMES:
            break
        cv2.imwrite(str(pictures / f'{picture.index:04}.png'), picture.image_bgr)
    return pictures


def truths():
    path = data_folder('surveillance_pets09') / 'dev' / 'gt_mot15_768x576.txt'
    rows = np.loadtxt(path, delimiter=',')
    found = []
    for frame in range(1, FRAMES + 1):
        left_top = rows[rows[:, 0] == frame, 2:4] * 0.625  # 768 x 576 to 480 x 360
        size = rows[rows[:, 0] == frame, 4:6] * 0.625
        boxes = np.hstack([left_top, left_top + size]).astype(np.float32)
        ones = np.ones(len(boxes), np.float32)
        found.append(Detections(boxes, ones, np.zeros(len(boxes), np.int32)))
    return found


def run_bare(path, image):
    """Run the file as its authors describe: pad top left, decode with the grid, suppress."""
    session = onnxruntime.InferenceSession(path)
    ratio = min(416 / image.shape[0], 416 / image.shape[1])
    small = cv2.resize(image, (int(image.shape[1] * ratio), int(image.shape[0] * ratio)))
    canvas = np.full((416, 416, 3), 114, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    (output,) = session.run(None, {'images': canvas.transpose(2, 0, 1)[None].astype(np.float32)})
    boxes, row = [], 0
    for stride in (8, 16, 32):
        for y in range(416 // stride):
            for x in range(416 // stride):
                cx, cy, w, h, objectness, person = output[0, row, :6]
                row += 1
                if objectness * person > 0.01 and output[0, row - 1, 5:].argmax() == 0:
                    centre = np.array([cx + x, cy + y]) * stride
                    half = np.exp([w, h]) * stride / 2
                    boxes.append([*(centre - half), *(centre + half), objectness * person])
    table = np.array(boxes, np.float32).reshape(-1, 5)
    edges = table[:, :4] / ratio
    classes = np.zeros(len(table), np.int32)
    kept = keep_best(edges, table[:, 4], classes, 0.65, 100)
    return Detections(edges[kept], table[kept, 4], classes[kept])


def frames_answered(sent, answers, images):
    """Give the answers by index of their picture, found through stamp and content."""
    index_of = {image.tobytes(): index for index, image in enumerate(images)}
    picture_of = {stamp_ns(message.header.stamp): bytes(message.data) for message in sent}
    found = {index_of[picture_of[stamp_ns(answer.header.stamp)]]: answer for answer in answers}
    return dict(sorted(found.items()))


@pytest.mark.slow
def test_yolox_on_real_video(ros, store, video):
    onnx = data_folder('pretrained_weights') / 'yolox_nano_coco_416.onnx'
    settings = ImportSettings(
        'yolox_nano', COCO_CLASSES, 'yolox', RULES['yolox'], THRESHOLDS, **LICENCE,
    )  # fmt: skip
    import_detector(onnx, settings, store)
    parameters = {'model': 'yolox_nano', 'model_store': [str(store.roots[0])]}
    overrides = [Parameter(name, value=value) for name, value in parameters.items()]
    ros.add(DetectorNode(context=ros.context, parameter_overrides=overrides))
    tester = ros.node()
    sent = ros.collect(tester, ImageMessage, 'image', 100)
    answers = ros.collect(tester, Detection2DArray, 'detector/detections', 100)
    overrides = [Parameter('source', value=str(video)), Parameter('fps', value=8.0)]
    replay = ros.add(ReplayNode(context=ros.context, parameter_overrides=overrides))
    wait_for(replay.finished.is_set, 60)
    wait_for(lambda: answers and answers[-1].header.stamp == sent[-1].header.stamp, 20)

    images = [cv2.imread(str(path)) for path in sorted(video.iterdir())]
    answered = frames_answered(sent, answers, images)  # a busy machine may skip some
    assert len(answered) > 0.6 * FRAMES
    node = [read_detections(message, ['person']) for message in answered.values()]
    bare = [run_bare(str(onnx), images[index]) for index in answered]
    wanted = [truths()[index] for index in answered]
    of_node = average_precision(wanted, node, ['person'])['map50']
    of_file = average_precision(wanted, bare, ['person'])['map50']
    assert of_file > 0.8
    assert abs(of_node - of_file) < 0.02
