"""Counts the parts that pass one camera of a detector, from its topics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rclpy.node import Node
from rclpy.qos import QoSProfile
from vision_msgs.msg import Detection2DArray

from factory_perception.bridge.page_msgs import class_names, read_seen
from factory_perception.bridge.stamps import StampError
from factory_perception.page.facts import Seen
from factory_perception.vision.tally import Counts, PartTally, PartVerdict

#: A detector with more classes than this is not believed.
_MAX_CLASSES = 1000


class PartCounter:
    """Listens to detections; counts from the moment when it knows which classes are defects."""

    def __init__(
        self,
        node: Node,
        camera: str,
        seen: Callable[[str, Seen, list[PartVerdict]], None],
    ) -> None:
        """Subscribe to ``detector/detections`` or ``detector/CAMERA/detections``.

        Args:
            node: the node that listens.
            camera: name of the camera; '' for a detector with a single one.
            seen: called with the camera, each picture's detections, and the parts that have left.
        """
        self.camera = camera
        #: Names of the classes that are defects; ``None`` until somebody has said it.
        self.defects: Collection[str] | None = None
        self._classes: dict[str, None] = {}
        self._tally = PartTally()
        self._node = node
        self._seen = seen
        middle = f'{camera}/' if camera else ''
        self._subscription = node.create_subscription(
            Detection2DArray, f'detector/{middle}detections', self._on_message, QoSProfile(depth=10)
        )

    @property
    def counts(self) -> Counts:
        """Give what has passed so far."""
        return self._tally.counts

    def set_classes(self, names: Sequence[str]) -> None:
        """Take over the class names of the model, in its order; unknown ones are added as seen."""
        self._classes = dict.fromkeys([*names, *self._classes])

    def _on_message(self, message: Detection2DArray) -> None:
        for name in class_names(message):
            if len(self._classes) < _MAX_CLASSES:
                self._classes.setdefault(name)
        try:
            seen = read_seen(message, tuple(self._classes))
        except StampError as error:
            self._node.get_logger().warning(f'detections left out: {error}', once=True)
            return
        verdicts: list[PartVerdict] = []
        if self.defects is not None:
            verdicts = self._tally.update(seen.found, seen.classes, self.defects, seen.stamp_ns)
        self._seen(self.camera, seen, verdicts)

    def close(self) -> None:
        """Stop listening."""
        self._node.destroy_subscription(self._subscription)
