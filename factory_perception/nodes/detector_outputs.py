"""What the detector publishes for one camera; pictures and markers only while someone listens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rclpy.lifecycle import LifecycleNode, LifecyclePublisher
from rclpy.qos import QoSProfile
from rclpy.qos_overriding_options import QoSOverridingOptions
from rclpy.subscription import Subscription
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray
from visualization_msgs.msg import MarkerArray

from factory_perception.bridge.detection_msgs import write_detections
from factory_perception.bridge.image_msgs import write_image
from factory_perception.bridge.marker_msgs import write_markers
from factory_perception.vision.colours import Colour
from factory_perception.vision.detections import Detections
from factory_perception.vision.image_view import ColourImage
from factory_perception.vision.overlay import draw_detections
from factory_perception.vision.surface import SurfaceCamera

#: Markers outlive a few missed frames, then they fade by themselves.
MARKER_LIFETIME_S = 0.5


@dataclass(frozen=True)
class Vocabulary:
    """Name and colour of each class of the model."""

    classes: Sequence[str]
    palette: Sequence[Colour]


def create_output(
    node: LifecycleNode, kind: type, topic: str, qos: QoSProfile
) -> LifecyclePublisher:
    """Create a managed publisher whose QoS can be overridden by parameters."""
    return node.create_lifecycle_publisher(
        kind, topic, qos, qos_overriding_options=QoSOverridingOptions.with_default_policies()
    )


class DetectorOutputs:
    """The topics of one camera."""

    def __init__(self, node: LifecycleNode, camera: str, vocabulary: Vocabulary) -> None:
        self._node = node
        self._camera = camera
        self._vocabulary = vocabulary
        prefix = f'~/{camera}/' if camera else '~/'
        self._detections = create_output(
            node, Detection2DArray, f'{prefix}detections', QoSProfile(depth=10)
        )
        self._overlay = create_output(node, Image, f'{prefix}overlay', QoSProfile(depth=1))
        self._markers = create_output(node, MarkerArray, f'{prefix}markers', QoSProfile(depth=1))
        self._surface: SurfaceCamera | None = None
        self._info_subscription: Subscription | None = None

    def publish(self, header: Header, image: ColourImage, found: Detections) -> None:
        """Publish what was found in one picture under the picture's own header."""
        classes, palette = self._vocabulary.classes, self._vocabulary.palette
        self._detections.publish(write_detections(found, classes, header))
        if self._overlay.get_subscription_count():
            drawn = draw_detections(image.to_bgr(), found, classes, palette)
            self._overlay.publish(write_image(drawn, 'bgr8', header))
        if self._surface is not None and self._markers.get_subscription_count():
            self._markers.publish(
                write_markers(found, classes, palette, self._surface, header, MARKER_LIFETIME_S)
            )

    def listen_to_camera_info(self, plane: Sequence[float]) -> None:
        """Learn the geometry of the camera, which the markers need."""

        def on_info(info: CameraInfo) -> None:
            try:
                self._surface = SurfaceCamera.make(info.k, info.d, plane)
            except ValueError as error:
                self._node.get_logger().warning(f'no markers: {error}', once=True)

        topic = f'{self._camera}/camera_info' if self._camera else 'camera_info'
        self._info_subscription = self._node.create_subscription(CameraInfo, topic, on_info, 1)

    def stop_listening(self) -> None:
        """Forget the geometry of the camera."""
        if self._info_subscription is not None:
            self._node.destroy_subscription(self._info_subscription)
            self._info_subscription = None

    def destroy(self) -> None:
        """Take the topics away."""
        for publisher in (self._detections, self._overlay, self._markers):
            self._node.destroy_lifecycle_publisher(publisher)
