"""The sampler: keeps doubtful pictures, and joint states around alarms, for the next training.

``pictures`` below its folder is a COCO data set of what the detector was not sure about; people are
made unrecognisable before a picture is written. ``joints`` holds a table for each alarm of the
fault diagnoser, and a quiet one now and then. Both are bounded. Boxes and names of faults are those
of the nodes and have to be corrected by a person.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
import time
from typing import Any, ClassVar

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription
from rclpy.timer import Timer
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Detection2DArray, LabelInfo

from factory_perception.bridge.detection_msgs import read_detections
from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.image_msgs import read_image
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.engines.engine import Engine
from factory_perception.engines.selection import open_engine
from factory_perception.model_store.store import default_store
from factory_perception.motion.window_folder import WindowFolder
from factory_perception.motion.window_keeper import Window, WindowKeeper
from factory_perception.nodes.joint_sampler import JointSampler, write_window
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.nodes.sampler_parameters import SamplerParameters
from factory_perception.nodes.worker import Worker
from factory_perception.resources import data_home
from factory_perception.vision.detections import Detections
from factory_perception.vision.detector import Detector
from factory_perception.vision.doubt import doubt
from factory_perception.vision.people import blur_boxes, Finder, model_finder, opencv_finder
from factory_perception.vision.sample_folder import SampleFolder

#: Pictures that may have detections on the way.
_WAITING = 4


@dataclass(frozen=True)
class Doubtful:
    """A picture that is worth keeping."""

    message: Image | CompressedImage
    found: Detections
    classes: tuple[str, ...]
    stamp_ns: int
    doubt: float


class SamplerNode(PerceptionNode[SamplerParameters]):
    """Watches one camera; listens to pictures only while a sample is due."""

    table: ClassVar[type] = SamplerParameters

    def __init__(self, name: str = 'sampler', **options: Any) -> None:
        self._folder: SampleFolder | None = None
        self._engine: Engine | None = None
        self._find: Finder | None = None
        self._windows: WindowFolder | None = None
        self._joints: JointSampler | None = None
        self._worker: Worker[Doubtful | Window] | None = None
        self._inputs: list[Subscription] = []
        self._pictures: Subscription | None = None
        self._timer: Timer | None = None
        self._classes: tuple[str, ...] = ()
        self._threshold = 0.0
        self._waiting: OrderedDict[int, Image | CompressedImage] = OrderedDict()
        self._due = 0.0
        self._failure = ''
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Open the folder and what finds people."""
        values = self.values
        path = Path(values.folder).expanduser() if values.folder else data_home() / 'samples'
        pictures, joints = path / 'pictures', path / 'joints'
        self._folder = SampleFolder(pictures, values.most_samples, values.most_mb * 1_000_000)
        if values.joints:
            most_bytes = values.most_window_mb * 1_000_000
            self._windows = WindowFolder(joints, values.most_windows, most_bytes)
        if values.people == 'blur' and values.people_model:
            model = default_store().find(values.people_model)
            self._engine = open_engine(model)
            self._find = model_finder(Detector(model, self._engine))
        elif values.people == 'blur':
            self._find = opencv_finder()

    def activate(self) -> None:
        """Listen to detections and joints; to pictures while one is due."""
        values = self.values
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._failure = ''
        worker = self._worker = Worker(2, 1, self._keep, self._failed)
        self._inputs = [
            self.create_subscription(LabelInfo, 'detector/label_info', self._on_labels, latched),
            self.create_subscription(
                Detection2DArray, 'detector/detections', self._on_detections, QoSProfile(depth=10)
            ),
        ]
        self._timer = self.create_timer(0.1, self._listen_when_due)
        if self._windows is not None:
            keeper = WindowKeeper(values.before, values.after, values.quiet_period)
            self._joints = JointSampler(self, keeper, lambda window: worker.slots.put(1, window))

    def deactivate(self) -> None:
        """Stop listening; finish the sample in work."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._inputs = []
        self._rest()
        if self._joints is not None:
            self._joints.close()
            self._joints = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def cleanup(self) -> None:
        """Free what finds people."""
        if self._engine is not None:
            self._engine.close()
        self._engine = self._find = self._folder = self._windows = None

    # Input ----------------------------------------------------------------------------------------

    def _listen_when_due(self) -> None:
        if self._pictures is not None or time.monotonic() < self._due:
            return
        raw = self.values.transport == 'raw'
        topic = self.resolve_topic_name('image') + ('' if raw else '/compressed')
        qos = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        kind = Image if raw else CompressedImage
        self._pictures = self.create_subscription(kind, topic, self._on_image, qos)

    def _rest(self) -> None:
        if self._pictures is not None:
            self.destroy_subscription(self._pictures)
            self._pictures = None
        self._waiting.clear()

    def _on_labels(self, message: LabelInfo) -> None:
        self._classes = tuple(item.class_name for item in message.class_map)
        self._threshold = message.threshold

    def _on_image(self, message: Image | CompressedImage) -> None:
        stamp = message.header.stamp
        self._waiting[stamp.sec * 1_000_000_000 + stamp.nanosec] = message
        while len(self._waiting) > _WAITING:
            self._waiting.popitem(last=False)

    def _on_detections(self, message: Detection2DArray) -> None:
        values = self.values
        try:
            stamp = stamp_ns(message.header.stamp)
        except StampError as error:
            self.get_logger().warning(f'detections left out: {error}', once=True)
            return
        picture = self._waiting.pop(stamp, None)
        if picture is None or self._worker is None:
            return
        found = read_detections(message, self._classes)
        uncertain = doubt(found, self._threshold, values.margin)
        if not len(found) or uncertain < values.least_doubt:
            return
        self._due = time.monotonic() + values.period
        self._rest()
        self._worker.slots.put(0, Doubtful(picture, found, self._classes, stamp, uncertain))

    # The worker's thread --------------------------------------------------------------------------

    def _keep(self, batch: list[tuple[int, Doubtful | Window]]) -> None:
        for _, item in batch:
            if isinstance(item, Window):
                assert self._windows is not None
                write_window(self._windows, item)
            else:
                self._keep_picture(item)
            self._failure = ''

    def _keep_picture(self, item: Doubtful) -> None:
        assert self._folder is not None
        pixels = read_image(item.message).to_bgr()
        if self._find is not None:
            pixels = blur_boxes(pixels, self._find(pixels))
        self._folder.add(pixels, item.found, item.classes, item.stamp_ns, item.doubt)

    def _failed(self, error: Exception) -> None:
        failure = f'a sample could not be kept: {error}'
        if failure != self._failure:
            self.get_logger().error(failure)
        self._failure = failure

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report how full the folder is."""
        assert self._folder is not None
        values: dict[str, object] = {
            'folder': str(self._folder.folder.parent),
            'samples': len(self._folder),
            'megabytes': self._folder.bytes_used / 1e6,
            'people': self.values.people,
        }
        if self._windows is not None:
            values['windows'] = len(self._windows)
            values['window_megabytes'] = self._windows.bytes_used / 1e6
        return [self._status(values)]

    def _status(self, values: dict[str, object]) -> Status:
        if self._failure:
            return Status('samples', Level.ERROR, self._failure, values)
        if not self._classes and not (self._joints is not None and self._joints.heard):
            topic = self.resolve_topic_name('detector/label_info')
            return Status('samples', Level.WARN, f'nothing heard on {topic} yet', values)
        message = f'{values["samples"]} pictures, {values.get("windows", 0)} windows of joints'
        return Status('samples', Level.OK, message, values)


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(SamplerNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
