"""The OPC UA server: counts, the last part, the last event and the health for a PLC to read.

One flat object ``Cell`` in the namespace ``urn:factory_perception``; nothing can be written. It has
no password and no encryption, so that it listens on this machine only unless told otherwise. Needs
``pip install asyncua`` (LGPL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import sys
from typing import Any, ClassVar

from rclpy.timer import Timer

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.page_msgs import read_event
from factory_perception.neighbours.opcua import OpcuaServer
from factory_perception.neighbours.reports import part_report
from factory_perception.nodes.cell_news import CellNews, NewsHandlers
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.page.guard import is_loopback
from factory_perception.vision.tally import Counts, PartVerdict

HEALTH_PERIOD_S = 1.0


@dataclass(frozen=True)
class OpcuaServerParameters(NodeParameters):
    """What can be set on an OPC UA server."""

    address: str = parameter('127.0.0.1', 'Address to listen on.')
    port: int = parameter(4840, 'Port to listen on.', low=1, high=65535)
    open_to_network: bool = parameter(
        False, 'Allow an address that other machines reach; everybody there can read.'
    )
    cameras: list[str] = parameter(
        [''], 'Names of the cameras, as for the detector; their counts are added up.'
    )
    defects: list[str] = parameter(
        [''], 'Classes that are defects; empty: those that the detector reports with its model.'
    )


class OpcuaServerNode(PerceptionNode[OpcuaServerParameters]):
    """Keeps the variables of the server up to date."""

    table: ClassVar[type] = OpcuaServerParameters

    def __init__(self, name: str = 'opcua_server', **options: Any) -> None:
        self._server: OpcuaServer | None = None
        self._news: CellNews | None = None
        self._timer: Timer | None = None
        self._counts: dict[str, Counts] = {}
        super().__init__(name, **options)

    def activate(self) -> None:
        """Serve and listen."""
        values = self.values
        if not (is_loopback(values.address) or values.open_to_network):
            raise ValueError(
                f'address {values.address} can be reached from other machines, and this server has '
                'no password: set open_to_network to true where that is wanted'
            )
        self._counts = {}
        self._server = OpcuaServer(values.address, values.port)
        self.get_logger().info(f'serving {self._server.endpoint}')
        handlers = NewsHandlers(self._on_parts, self._on_event)
        self._news = CellNews(self, values.cameras, values.defects, handlers)
        self._timer = self.create_timer(HEALTH_PERIOD_S, self._tell_health)

    def deactivate(self) -> None:
        """Stop listening and serving."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
        if self._news is not None:
            self._news.close()
            self._news = None
        if self._server is not None:
            self._server.close()
            self._server = None

    def _on_parts(self, camera: str, verdicts: list[PartVerdict], counts: Counts) -> None:
        assert self._server is not None
        self._counts[camera] = counts
        last = part_report(camera, verdicts[-1])
        everything = self._counts.values()
        self._server.tell({
            'PartsGood': sum(sum(item.good.values()) for item in everything),
            'PartsDefective': sum(sum(item.defective.values()) for item in everything),
            'LastPartClass': last['class'],
            'LastPartGood': last['good'],
            'LastPartDefects': ', '.join(last['defects']),
            'LastPartTime': last['time'],
        })  # fmt: skip

    def _on_event(self, text: str) -> None:
        assert self._server is not None
        try:
            event = read_event(text, self.get_clock().now().nanoseconds)
        except ValueError as error:
            self.get_logger().warning(f'an event could not be read: {error}')
            return
        self._server.tell({
            'LastEventType': event.kind,
            'LastEventLevel': event.level,
            'LastEventText': event.text,
            'LastEvent': text,
        })  # fmt: skip

    def _tell_health(self) -> None:
        assert self._news is not None and self._server is not None
        worst = self._news.worst()
        text = f'{worst.name}: {worst.message}' if worst.name else worst.message
        self._server.tell({'HealthLevel': worst.level, 'HealthText': text})

    def health(self) -> Sequence[Status]:
        """Report where it serves."""
        assert self._server is not None
        values = {'endpoint': self._server.endpoint}
        if self._server.trouble:
            return [Status('server', Level.ERROR, self._server.trouble, values)]
        return [Status('server', Level.OK, f'serving {self._server.endpoint}', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(OpcuaServerNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
