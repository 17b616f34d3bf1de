"""A detector node written the ordinary way, to compare with: same network, same results.

What is ordinary about it: a copy at every conversion, floating point at full size, a picture drawn
and published for every frame, inference inside the callback, the stock executor, allocator and DDS
settings.
"""

from __future__ import annotations

import argparse
import contextlib
import sys

import cv2
import numpy as np
import onnxruntime
import rclpy
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image
from vision_msgs.msg import Detection2D, Detection2DArray, ObjectHypothesisWithPose

from factory_perception.model_store.store import default_store


class PlainDetector(Node):
    """Subscribe, convert, infer, draw, publish; all in one callback."""

    def __init__(self, model: str) -> None:
        super().__init__('plain_detector')
        folder = default_store().find(model)
        self.manifest = folder.manifest
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(folder.read('fp32.onnx'), options)
        self.detections = self.create_publisher(Detection2DArray, '~/detections', 10)
        self.overlay = self.create_publisher(Image, '~/overlay', 10)
        self.create_subscription(Image, 'image', self.on_image, qos_profile_sensor_data)

    def on_image(self, message: Image) -> None:
        """Handle one frame from beginning to end."""
        shape = (message.height, message.width, 3)
        image = np.frombuffer(message.data, np.uint8).reshape(shape).copy()
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        tensor, scale = self.to_tensor(image)
        boxes, scores = self.session.run(['boxes', 'scores'], {'image': tensor})
        self.publish(message, image, boxes[0] / scale, scores[0])

    def to_tensor(self, image: np.ndarray) -> tuple[np.ndarray, float]:
        """Normalise, resize and pad."""
        rule = next(iter(self.manifest.image_rules.values()))
        height, width = (size or 1 for size in self.manifest.inputs[0].shape[2:])
        normal = (image.astype(np.float32) - np.array(rule.mean)) / np.array(rule.std)
        scale = min(width / image.shape[1], height / image.shape[0])
        small = cv2.resize(normal, (int(image.shape[1] * scale), int(image.shape[0] * scale)))
        canvas = np.zeros((height, width, 3), np.float32)
        canvas[: small.shape[0], : small.shape[1]] = small
        return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None]), scale

    def publish(
        self, message: Image, image: np.ndarray, boxes: np.ndarray, scores: np.ndarray
    ) -> None:
        """Suppress doubles, draw, fill the messages."""
        best = scores.max(axis=1)
        corners = [
            [float(b[0]), float(b[1]), float(b[2] - b[0]), float(b[3] - b[1])] for b in boxes
        ]
        kept = cv2.dnn.NMSBoxes(corners, best.tolist(), 0.4, 0.5)
        output = Detection2DArray(header=message.header)
        for index in np.array(kept).flatten():
            left, top, width, height = corners[index]
            item = Detection2D(header=message.header)
            item.bbox.center.position.x, item.bbox.center.position.y = (
                left + width / 2,
                top + height / 2,
            )
            item.bbox.size_x, item.bbox.size_y = width, height
            result = ObjectHypothesisWithPose()
            result.hypothesis.class_id = self.manifest.classes[int(scores[index].argmax())]
            result.hypothesis.score = float(best[index])
            item.results.append(result)
            output.detections.append(item)
            corner = (int(left), int(top))
            cv2.rectangle(image, corner, (int(left + width), int(top + height)), (0, 255, 0), 2)
        drawn = Image(header=message.header, height=image.shape[0], width=image.shape[1])
        drawn.encoding, drawn.step = 'bgr8', image.shape[1] * 3
        drawn.data = image.tobytes()
        self.overlay.publish(drawn)
        self.detections.publish(output)


def main() -> int:
    """Run the node until it is interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--model', default='parts')
    options, ros_arguments = parser.parse_known_args()
    rclpy.init(args=ros_arguments)
    with contextlib.suppress(KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        rclpy.spin(PlainDetector(options.model))
    return 0


if __name__ == '__main__':
    sys.exit(main())
