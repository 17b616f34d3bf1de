"""The dashboard: a page for any browser that shows the cell as the nodes see it. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
import sys
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.subscription import Subscription
from rclpy.timer import Timer
from std_msgs.msg import String
from vision_msgs.msg import LabelInfo

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.page_msgs import read_event, read_health
from factory_perception.nodes.dashboard_parameters import DashboardParameters
from factory_perception.nodes.page_inputs import CurveInputs, PictureInput
from factory_perception.nodes.part_counter import PartCounter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import memory_mb, run
from factory_perception.page.board import Board
from factory_perception.page.facts import Event, Health, Seen
from factory_perception.page.guard import Guard
from factory_perception.page.pictures import PictureFeed, PictureSettings
from factory_perception.page.server import open_socket, page_address, PageContent, PageServer
from factory_perception.vision.tally import PartVerdict

#: How often it is looked whether somebody watches.
WATCH_PERIOD_S = 0.1
#: Diagnoses arrive as events; their health does not have to be told a second time.
_SPEAKS_FOR_ITSELF = 'fault_diagnoser:'


class DashboardNode(PerceptionNode[DashboardParameters]):
    """Gathers what the other nodes say; pictures and joints only while somebody looks."""

    table: ClassVar[type] = DashboardParameters

    def __init__(self, name: str = 'dashboard', **options: Any) -> None:
        self._server: PageServer | None = None
        self._content: PageContent | None = None
        self._counters: list[PartCounter] = []
        self._pictures: dict[str, PictureInput] = {}
        self._curves: CurveInputs | None = None
        self._listening: list[Subscription] = []
        self._watch_timer: Timer | None = None
        self._address = ''
        self._levels_heard: dict[str, int] = {}
        super().__init__(name, **options)

    # Transitions ----------------------------------------------------------------------------------

    def activate(self) -> None:
        """Open the page, then listen."""
        values = self.values
        guard = Guard.make(values.address, values.token_file)
        listening = open_socket(values.address, values.port, values.next_free_port)
        self._address = page_address(listening)
        settings = PictureSettings(values.picture_width, values.jpeg_quality)
        self._content = PageContent(
            Board(values.title, values.forecast_horizon),
            {camera: PictureFeed(camera, settings) for camera in values.cameras},
            guard=guard,
            picture_period_s=1 / values.picture_rate,
            max_viewers=values.max_viewers,
        )
        self._server = PageServer(self._content, listening)
        self._counters = [PartCounter(self, camera, self._on_seen) for camera in values.cameras]
        if any(values.defects):
            self._set_defects(values.defects)
        latched = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._listening = [
            self.create_subscription(DiagnosticArray, '/diagnostics', self._on_health, 50),
            self.create_subscription(String, 'fault_diagnoser/events', self._on_event, latched),
            self.create_subscription(LabelInfo, 'detector/label_info', self._on_labels, latched),
        ]
        self._watch_timer = self.create_timer(WATCH_PERIOD_S, self._follow_viewers)
        self.get_logger().info(f'the page is at {self._address}')

    def deactivate(self) -> None:
        """Close the page and stop listening."""
        if self._watch_timer is not None:
            self.destroy_timer(self._watch_timer)
            self._watch_timer = None
        for subscription in self._listening:
            self.destroy_subscription(subscription)
        self._listening = []
        for counter in self._counters:
            counter.close()
        self._counters = []
        if self._server is not None:
            self._server.close()
            self._server = None
        self._listen_to(set(), curves=False)
        self._content = None

    # While somebody looks -------------------------------------------------------------------------

    def _follow_viewers(self) -> None:
        assert self._content is not None
        watch = self._content.watch
        self._listen_to(watch.cameras, curves=watch.viewers > 0)

    def _listen_to(self, cameras: set[str], curves: bool) -> None:
        for camera in self._pictures.keys() - cameras:
            self._pictures.pop(camera).close()
        for camera in cameras - self._pictures.keys():
            assert self._content is not None
            feed = self._content.feeds[camera]
            self._pictures[camera] = PictureInput(self, camera, self.values.transport, feed)
        if curves and self._curves is None:
            assert self._content is not None
            self._curves = CurveInputs(self, self._content.board)
        elif not curves and self._curves is not None:
            self._curves.close()
            self._curves = None

    # What the other nodes say ---------------------------------------------------------------------

    def _on_seen(self, camera: str, seen: Seen, verdicts: list[PartVerdict]) -> None:
        assert self._content is not None
        self._content.feeds[camera].add_seen(seen)
        if verdicts:
            (counter,) = (item for item in self._counters if item.camera == camera)
            self._content.board.set_counts(camera, counter.counts)
        self._content.board.set_classes(seen.classes)

    def _on_labels(self, message: LabelInfo) -> None:
        for counter in self._counters:
            counter.set_classes([item.class_name for item in message.class_map])

    def _on_health(self, message: DiagnosticArray) -> None:
        assert self._content is not None
        statuses = read_health(message)
        self._content.board.set_health(statuses)
        for status in statuses:
            self._note_change(status)
            if not any(self.values.defects) and 'defects' in status.values:
                self._set_defects(status.values['defects'].split(', '))

    def _set_defects(self, names: Sequence[str]) -> None:
        assert self._content is not None
        defects = [name for name in names if name]
        self._content.board.set_defects(defects)
        for counter in self._counters:
            counter.defects = defects

    def _note_change(self, status: Health) -> None:
        """Make an event of a status whose level changes."""
        assert self._content is not None
        before = self._levels_heard.get(status.name, 0)
        if len(self._levels_heard) < 1000:  # names come from the network
            self._levels_heard[status.name] = status.level
        if status.level != before and not status.name.startswith(_SPEAKS_FOR_ITSELF):
            now_ns = self.get_clock().now().nanoseconds
            self._content.board.add_event(Event(now_ns, status.level, status.name, status.message))

    def _on_event(self, message: String) -> None:
        assert self._content is not None
        try:
            event = read_event(message.data, self.get_clock().now().nanoseconds)
        except ValueError as error:
            self.get_logger().warning(f'an event could not be read: {error}')
            return
        self._content.board.add_event(event)

    # Health ---------------------------------------------------------------------------------------

    def health(self) -> Sequence[Status]:
        """Report where the page is and how many look at it."""
        assert self._server is not None and self._content is not None
        viewers = self._content.watch.viewers
        values = {'address': self._address, 'viewers': viewers, 'memory_mb': memory_mb()}
        troubles = [feed.trouble for feed in self._content.feeds.values() if feed.trouble]
        if self._server.trouble:
            return [Status('page', Level.ERROR, self._server.trouble, values)]
        if troubles:
            return [Status('page', Level.WARN, f'broken picture: {troubles[0]}', values)]
        return [Status('page', Level.OK, f'{viewers} looking at {self._address}', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(DashboardNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
