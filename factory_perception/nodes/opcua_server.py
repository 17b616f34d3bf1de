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

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.bridge.page_msgs import read_event
from factory_perception.neighbours.opcua import OpcuaServer
from factory_perception.neighbours.reports import part_report
from factory_perception.nodes.neighbour_node import NeighbourNode, NeighbourParameters
from factory_perception.nodes.parameter_table import parameter
from factory_perception.nodes.process import run
from factory_perception.page.facts import Health
from factory_perception.page.guard import is_loopback
from factory_perception.vision.tally import Counts, PartVerdict


@dataclass(frozen=True)
class OpcuaServerParameters(NeighbourParameters):
    """What can be set on an OPC UA server."""

    address: str = parameter('127.0.0.1', 'Address to listen on.')
    port: int = parameter(4840, 'Port to listen on.', low=1, high=65535)
    open_to_network: bool = parameter(
        False, 'Allow an address that other machines reach; everybody there can read.'
    )


class OpcuaServerNode(NeighbourNode[OpcuaServerParameters, OpcuaServer]):
    """Keeps the variables of the server up to date; counts of several cameras are added up."""

    table: ClassVar[type] = OpcuaServerParameters

    def __init__(self, name: str = 'opcua_server', **options: Any) -> None:
        self._counts: dict[str, Counts] = {}
        super().__init__(name, **options)

    def open_link(self) -> OpcuaServer:
        """Serve."""
        values = self.values
        if not (is_loopback(values.address) or values.open_to_network):
            raise ValueError(
                f'address {values.address} can be reached from other machines, and this server has '
                'no password: set open_to_network to true where that is wanted'
            )
        self._counts = {}
        server = OpcuaServer(values.address, values.port)
        self.get_logger().info(f'serving {server.endpoint}')
        return server

    def tell_parts(self, camera: str, verdicts: list[PartVerdict], counts: Counts) -> None:
        """Set the counts and the last part."""
        self._counts[camera] = counts
        last = part_report(camera, verdicts[-1])
        everything = self._counts.values()
        self.link.tell({
            'PartsGood': sum(sum(item.good.values()) for item in everything),
            'PartsDefective': sum(sum(item.defective.values()) for item in everything),
            'LastPartClass': last['class'],
            'LastPartGood': last['good'],
            'LastPartDefects': ', '.join(last['defects']),
            'LastPartTime': last['time'],
        })  # fmt: skip

    def tell_event(self, text: str) -> None:
        """Set the last event."""
        try:
            event = read_event(text, self.get_clock().now().nanoseconds)
        except ValueError as error:
            self.get_logger().warning(f'an event could not be read: {error}')
            return
        self.link.tell({
            'LastEventType': event.kind,
            'LastEventLevel': event.level,
            'LastEventText': event.text,
            'LastEvent': text,
        })  # fmt: skip

    def tell_health(self, worst: Health) -> None:
        """Set the worst status."""
        text = f'{worst.name}: {worst.message}' if worst.name else worst.message
        self.link.tell({'HealthLevel': worst.level, 'HealthText': text})

    def health(self) -> Sequence[Status]:
        """Report where it serves."""
        values = {'endpoint': self.link.endpoint}
        if self.link.trouble:
            return [Status('server', Level.ERROR, self.link.trouble, values)]
        return [Status('server', Level.OK, f'serving {self.link.endpoint}', values)]


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(OpcuaServerNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
