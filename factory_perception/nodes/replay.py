"""Replay: real material into the topics of a live camera or robot, with its own timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
import sys
import threading
import time
import traceback
from typing import Any, ClassVar

from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.stamps import to_stamp
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.nodes.replay_sources import FOLDER_FPS, Item, open_source, Source

STAMPS = ('now', 'original')


@dataclass(frozen=True)
class ReplayParameters(NodeParameters):
    """What can be set on a replay."""

    source: str = parameter(
        '', 'Folder of pictures, video file, CSV of joints, or rosbag2 (folder, .db3 or .mcap).'
    )
    rate: float = parameter(1.0, 'How many times faster than recorded.', low=0.01, high=1000.0)
    loop: bool = parameter(False, 'Begin again at the end.')
    fps: float = parameter(
        0.0, 'Pictures a second; 0 takes a video at its own rate and a folder at 10.', low=0.0
    )
    frame_id: str = parameter('camera', 'frame_id of pictures and joints that have none recorded.')
    stamps: str = parameter(
        'now',
        'Header stamps: the time of sending, or those of the material.',
        choices=STAMPS,
    )
    clock: bool = parameter(
        False, "Publish the material's time on /clock, for nodes with use_sim_time."
    )
    wait_for_listeners: float = parameter(
        10.0, 'Wait so many seconds until every topic has a listener; 0 does not wait.', low=0.0
    )


class ReplayNode(PerceptionNode[ReplayParameters]):
    """Publishes recorded material; its process ends with the material unless it loops."""

    table: ClassVar[type] = ReplayParameters

    def __init__(self, name: str = 'replay', **options: Any) -> None:
        self._source: Source | None = None
        self._outputs: dict[str, Publisher] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._sent = 0
        super().__init__(name, **options)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """End the process when there is nothing to replay."""
        result = super().on_configure(state)
        if result != TransitionCallbackReturn.SUCCESS and self.values.autostart:
            self.exit_code = 1
            self.finished.set()
        return result

    def configure(self) -> None:
        """Open the material and create its topics."""
        values = self.values
        self._source = open_source(Path(values.source).expanduser(), values.frame_id, values.fps)
        # Reliable: nothing of a recording need be lost. A best-effort listener fits too.
        self._outputs = {
            topic: self.create_publisher(kind, topic, QoSProfile(depth=10))
            for topic, kind in self._source.topics.items()
        }
        self._clock_output = self.create_publisher(Clock, '/clock', 10) if values.clock else None

    def activate(self) -> None:
        """Start to send."""
        self._stop.clear()
        self._sent = 0
        self._thread = threading.Thread(target=self._run, name='replay')
        self._thread.start()

    def deactivate(self) -> None:
        """Stop sending."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def cleanup(self) -> None:
        """Take the topics away."""
        for publisher in self._outputs.values():
            self.destroy_publisher(publisher)
        self._outputs = {}
        self._source = None

    def health(self) -> Sequence[Status]:
        """Report how much was sent."""
        values = {'source': self.values.source, 'sent': self._sent}
        return [Status('source', Level.OK, f'{self._sent} messages sent', values)]

    def _run(self) -> None:
        try:
            self._await_listeners()
            while not self._stop.is_set():
                self._send_all()
                if not self.values.loop:
                    break
            self.get_logger().info(f'{self._sent} messages of {self.values.source} sent')
        except Exception as error:
            self.get_logger().error(f'replay ended: {error}\n{traceback.format_exc()}')
        self.finished.set()

    def _await_listeners(self) -> None:
        end = time.monotonic() + self.values.wait_for_listeners
        while time.monotonic() < end and not self._stop.is_set():
            if all(output.get_subscription_count() for output in self._outputs.values()):
                return
            self._stop.wait(0.05)
        deaf = [
            name for name, output in self._outputs.items() if not output.get_subscription_count()
        ]
        if deaf and self.values.wait_for_listeners:
            self.get_logger().warning(f'nobody listens to {", ".join(deaf)}; sending all the same')

    def _send_all(self) -> None:
        """Send the material once; when it loops, the next round begins a mean step later."""
        assert self._source is not None
        first_ns: int | None = None
        offset_ns, sent = 0, self._sent
        start_ns, start = self.get_clock().now().nanoseconds, time.monotonic()
        for item in self._source.read():
            first_ns = item.time_ns if first_ns is None else first_ns
            offset_ns = round((item.time_ns - first_ns) / self.values.rate)
            if self._stop.wait(max(start + offset_ns / 1e9 - time.monotonic(), 0.0)):
                return
            self._send(item, start_ns + offset_ns)
        if self.values.loop:
            steps, alone_s = self._sent - sent - 1, 1 / (self.values.fps or FOLDER_FPS)
            step_s = offset_ns / 1e9 / steps if steps > 0 else alone_s / self.values.rate
            self._stop.wait(max(start + offset_ns / 1e9 + step_s - time.monotonic(), 0.0))

    def _send(self, item: Item, due_ns: int) -> None:
        if self._clock_output is not None:
            self._clock_output.publish(Clock(clock=to_stamp(item.time_ns)))
        stamp = due_ns if self.values.stamps == 'now' else None
        self._outputs[item.topic].publish(item.make(stamp))
        self._sent += 1


def replay(values: Mapping[str, Any], arguments: list[str] | None = None) -> int:
    """Run a replay as a process, with parameters given by name."""
    overrides = [Parameter(name, value=value) for name, value in values.items()]
    return run(lambda: ReplayNode(parameter_overrides=overrides), arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(ReplayNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
