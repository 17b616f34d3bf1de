"""The detector: pictures of one or many cameras in, ``vision_msgs`` detections out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import sys
import traceback
from typing import Any, ClassVar

from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import Header
from vision_msgs.msg import LabelInfo

from factory_perception.bridge.detection_msgs import write_label_info
from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.image_msgs import read_image
from factory_perception.bridge.stamps import stamp_ns, StampError
from factory_perception.engines.selection import serve
from factory_perception.engines.slot import EngineSlot
from factory_perception.model_store.store import default_store
from factory_perception.nodes.detector_outputs import create_output, DetectorOutputs, Vocabulary
from factory_perception.nodes.detector_parameters import DetectorParameters
from factory_perception.nodes.image_input import ImageInput, ImageMessage
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import memory_mb, run
from factory_perception.nodes.worker import Worker
from factory_perception.vision.colours import class_palette
from factory_perception.vision.decoders import Limits
from factory_perception.vision.detector import Detector, StageTimes
from factory_perception.vision.image_view import ColourImage, ImageError
from factory_perception.vision.templates import read_templates, require_aligned


@dataclass(frozen=True)
class Arrival:
    """A message in the slot of its camera; times are those of the node's clock."""

    message: ImageMessage
    received_ns: int


@dataclass(frozen=True)
class Frame:
    """A readable picture on its way through the worker."""

    source: int
    header: Header
    stamp_ns: int
    received_ns: int
    taken_ns: int
    image: ColourImage


class DetectorNode(PerceptionNode[DetectorParameters]):
    """One engine for one or many cameras; the newest frames of all that wait go in as one batch."""

    table: ClassVar[type] = DetectorParameters

    def __init__(self, name: str = 'detector', **options: Any) -> None:
        self._engine: EngineSlot | None = None
        self._detector: Detector | None = None
        self._worker: Worker[Arrival] | None = None
        self._inputs: list[ImageInput] = []
        self._outputs: list[DetectorOutputs] = []
        self._templates: list[ColourImage] = []
        self._engine_trouble = ''
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def configure(self) -> None:
        """Load the model, warm it up, create the publishers."""
        values = self.values
        folder = default_store(values.model_store).find(values.model)
        self._engine = serve(
            folder, values.backend, values.precision, values.threads, values.max_batch
        )
        engine = self._engine.current
        self._detector = Detector(folder, engine)
        self._own_limits = self._detector.limits
        self.parameters_changed(values)
        seconds = engine.warm_up()
        info = engine.info
        self.get_logger().info(
            f'{info.model}: {self._engine.status}; {info.backend} {info.runtime_version}, '
            f'{seconds * 1e3:.1f} ms a picture'
        )
        manifest = folder.manifest
        self._defect_classes: tuple[str, ...] = tuple(manifest.settings.get('defects', ()))
        palette = class_palette(manifest.classes, self._defect_classes)
        vocabulary = Vocabulary(manifest.classes, palette)
        self._outputs = [DetectorOutputs(self, camera, vocabulary) for camera in values.cameras]
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._label_info = create_output(self, LabelInfo, '~/label_info', latched)

    def activate(self) -> None:
        """Start the worker, then listen."""
        assert self._detector is not None
        values = self.values
        self._engine_trouble = ''
        header = Header(stamp=self.get_clock().now().to_msg())
        self._label_info.publish(
            write_label_info(self._detector.classes, self._detector.limits.score, header)
        )
        batch = self._detector.engine.largest_batch(values.max_batch)
        self._worker = Worker(len(values.cameras), batch, self._process, self._failed)
        self._inputs = [self._listen(index, name) for index, name in enumerate(values.cameras)]
        for source in self._inputs:
            self.get_logger().info(f'listening to {source.topic}')
        if any(values.surface_plane):
            for output in self._outputs:
                output.listen_to_camera_info(values.surface_plane)

    def _listen(self, index: int, camera: str) -> ImageInput:
        assert self._worker is not None
        slots = self._worker.slots

        def receive(message: ImageMessage, received_ns: int) -> bool:
            return slots.put(index, Arrival(message, received_ns))

        values = self.values
        return ImageInput(self, camera, values.transport, values.image_timeout, receive)

    def deactivate(self) -> None:
        """Stop listening, then wait for the worker."""
        for source in self._inputs:
            source.close()
        self._inputs = []
        for output in self._outputs:
            output.stop_listening()
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def cleanup(self) -> None:
        """Free the engine and the publishers."""
        for output in self._outputs:
            output.destroy()
        if self._outputs:
            self.destroy_lifecycle_publisher(self._label_info)
        self._outputs = []
        self._templates = []
        self._detector = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def parameters_changed(self, values: DetectorParameters) -> None:
        """Take over thresholds and templates; they count from the next frame on."""
        if self._detector is not None:
            self._templates = read_templates(
                values.templates, len(values.cameras), self._detector.needs_template
            )
            own = self._own_limits
            self._detector.limits = Limits(
                values.score_threshold or own.score,
                values.iou_threshold or own.iou,
                values.max_detections or own.max_detections,
            )

    # The worker's thread --------------------------------------------------------------------------

    def _process(self, batch: list[tuple[int, Arrival]]) -> None:
        taken_ns = self.get_clock().now().nanoseconds
        frames = [
            frame
            for source, arrival in batch
            if (frame := self._read(source, arrival, taken_ns)) is not None
        ]
        if not frames:
            return
        assert self._detector is not None and self._engine is not None
        if self._engine.take_upgrade():
            self._detector.use(self._engine.current)
            self.get_logger().info(self._engine.status)
        images, templates = [frame.image for frame in frames], self._templates
        beside = [templates[frame.source] for frame in frames] if templates else []
        results, times = self._detector.detect(images, beside)
        self._engine_trouble = ''
        for frame, found in zip(frames, results):
            before_ns = self.get_clock().now().nanoseconds
            self._outputs[frame.source].publish(frame.header, frame.image, found)
            self._account(frame, times, before_ns, self.get_clock().now().nanoseconds)
        for frame in frames:  # when all is sent: nobody waits for it
            self._inputs[frame.source].health.pictures.look(frame.image, frame.taken_ns)

    def _read(self, source: int, arrival: Arrival, taken_ns: int) -> Frame | None:
        header = arrival.message.header
        try:
            stamp = stamp_ns(header.stamp)
            image = read_image(arrival.message)
            if self._templates:
                require_aligned(image, self._templates[source])
        except (ImageError, StampError) as error:
            camera = self._inputs[source]
            if camera.health.count_rejected(str(error)):
                self.get_logger().warning(f'broken frame on {camera.topic}: {error}')
            return None
        return Frame(source, header, stamp, arrival.received_ns, taken_ns, image)

    def _account(self, frame: Frame, times: StageTimes, before_ns: int, after_ns: int) -> None:
        health = self._inputs[frame.source].health
        health.counts.published += 1
        stages = {
            'wait': frame.taken_ns - frame.received_ns,
            'prepare': times.prepare_ns,
            'infer': times.infer_ns,
            'decode': times.decode_ns,
            'publish': after_ns - before_ns,
        }
        if frame.stamp_ns:  # a camera that does not stamp its frames has no latency to speak of
            stages['transport'] = frame.received_ns - frame.stamp_ns
            stages['total'] = after_ns - frame.stamp_ns
        for stage, nanoseconds in stages.items():
            health.latencies[stage].add(nanoseconds)

    def _failed(self, error: Exception) -> None:
        trouble = f'{type(error).__name__}: {error}'
        if trouble != self._engine_trouble:
            self.get_logger().error(
                f'a frame could not be processed: {trouble}\n{traceback.format_exc()}'
            )
        self._engine_trouble = trouble

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report the engine and every camera."""
        assert self._engine is not None
        info = self._engine.current.info
        level, message = Level.OK, f'{info.model} on {info.backend}, {info.precision}'
        if self._engine_trouble:
            level, message = Level.ERROR, self._engine_trouble
        values = {
            'model': info.model,
            'model_sha256': info.model_sha256,
            'defects': ', '.join(self._defect_classes),
            'backend': info.backend,
            'runtime_version': info.runtime_version,
            'device': info.device,
            'precision': info.precision,
            'load_s': info.load_seconds,
            'status': self._engine.status,
            'memory_mb': memory_mb(),
        }
        engine = Status('engine', level, message, values)
        return [engine, *(source.status() for source in self._inputs)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(DetectorNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
