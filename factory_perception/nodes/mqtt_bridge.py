"""The MQTT bridge: tells a broker which parts passed, what happened, and how the cell is.

Below ``prefix``: ``parts`` and ``events`` (each one as it happens), ``counts`` and ``health``
(retained), ``state`` (online or offline, kept by the broker). It listens to nothing from there.
Needs ``pip install paho-mqtt``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
import stat
import sys
import time
from typing import Any, ClassVar

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.neighbours.missing import NeighbourError
from factory_perception.neighbours.mqtt import Broker, MqttLink
from factory_perception.neighbours.reports import counts_report, part_report
from factory_perception.nodes.neighbour_node import NeighbourNode, NeighbourParameters
from factory_perception.nodes.parameter_table import parameter
from factory_perception.nodes.process import run
from factory_perception.page.facts import Health
from factory_perception.vision.tally import Counts, PartVerdict


@dataclass(frozen=True)
class MqttBridgeParameters(NeighbourParameters):
    """What can be set on an MQTT bridge."""

    host: str = parameter('127.0.0.1', 'Host of the broker.')
    port: int = parameter(1883, 'Port of the broker; 8883 is usual with tls.', low=1, high=65535)
    prefix: str = parameter('factory_perception/cell', 'First part of every MQTT topic.')
    tls: bool = parameter(False, 'Encrypt, and check the certificate of the broker.')
    ca_file: str = parameter('', 'Certificates to trust; empty for those of the system.')
    user: str = parameter('', 'Name to log in with; empty logs in as nobody.')
    password_file: str = parameter('', 'File with the password, readable by its owner only.')


class MqttBridgeNode(NeighbourNode[MqttBridgeParameters, MqttLink]):
    """Passes news on; news wait, in bounded number, while the broker is away."""

    table: ClassVar[type] = MqttBridgeParameters

    def __init__(self, name: str = 'mqtt_bridge', **options: Any) -> None:
        self._since, self._told = time.time(), (0, '')
        super().__init__(name, **options)

    def open_link(self) -> MqttLink:
        """Connect to the broker, now or as soon as it is there."""
        values = self.values
        password = read_password(values.password_file) if values.password_file else ''
        broker = Broker(values.host, values.port, values.tls, values.ca_file, values.user, password)
        self._since, self._told = time.time(), (-1, '')
        return MqttLink(broker, values.prefix)

    def tell_parts(self, camera: str, verdicts: list[PartVerdict], counts: Counts) -> None:
        """Tell each part, and the counts of its camera."""
        for verdict in verdicts:
            self.link.tell('parts', part_report(camera, verdict))
        topic = f'counts/{camera}' if camera else 'counts'
        self.link.tell(topic, counts_report(camera, counts, self._since), retain=True)

    def tell_event(self, text: str) -> None:
        """Tell an event as it is."""
        self.link.tell('events', text)

    def tell_health(self, worst: Health) -> None:
        """Tell the worst status when it is another one."""
        if (worst.level, worst.name) != self._told:
            self._told = (worst.level, worst.name)
            self.link.tell('health', asdict(worst), retain=True)

    def health(self) -> Sequence[Status]:
        """Report whether the broker is reached."""
        where = f'{self.values.host}:{self.values.port}'
        values = {'broker': where, 'prefix': self.values.prefix, 'lost': self.link.lost}
        if self.link.trouble:
            return [Status('broker', Level.WARN, f'{where}: {self.link.trouble}', values)]
        return [Status('broker', Level.OK, f'connected to {where}', values)]


def read_password(path: str) -> str:
    """Give the password that a file holds.

    Raises:
        NeighbourError: others can read it.
        OSError: it cannot be read.
    """
    file = Path(path).expanduser()
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NeighbourError(f'password_file {file} can be read by others: chmod 600 {file}')
    return file.read_text().strip()


def main(arguments: list[str] | None = None) -> int:
    """Run the node as a process."""
    return run(MqttBridgeNode, arguments)


if __name__ == '__main__':
    sys.exit(main())
