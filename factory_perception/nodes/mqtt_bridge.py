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

from rclpy.timer import Timer

from factory_perception.bridge.diagnostic_msgs import Level, Status
from factory_perception.neighbours.missing import NeighbourError
from factory_perception.neighbours.mqtt import Broker, MqttLink
from factory_perception.neighbours.reports import counts_report, part_report
from factory_perception.nodes.cell_news import CellNews, NewsHandlers
from factory_perception.nodes.parameter_table import NodeParameters, parameter
from factory_perception.nodes.perception_node import PerceptionNode
from factory_perception.nodes.process import run
from factory_perception.vision.tally import Counts, PartVerdict

HEALTH_PERIOD_S = 1.0


@dataclass(frozen=True)
class MqttBridgeParameters(NodeParameters):
    """What can be set on an MQTT bridge."""

    host: str = parameter('127.0.0.1', 'Host of the broker.')
    port: int = parameter(1883, 'Port of the broker; 8883 is usual with tls.', low=1, high=65535)
    prefix: str = parameter('factory_perception/cell', 'First part of every MQTT topic.')
    tls: bool = parameter(False, 'Encrypt, and check the certificate of the broker.')
    ca_file: str = parameter('', 'Certificates to trust; empty for those of the system.')
    user: str = parameter('', 'Name to log in with; empty logs in as nobody.')
    password_file: str = parameter('', 'File with the password, readable by its owner only.')
    cameras: list[str] = parameter(
        [''], 'Names of the cameras, as for the detector; empty for a single one.'
    )
    defects: list[str] = parameter(
        [''], 'Classes that are defects; empty: those that the detector reports with its model.'
    )


class MqttBridgeNode(PerceptionNode[MqttBridgeParameters]):
    """Passes news on; news wait, in bounded number, while the broker is away."""

    table: ClassVar[type] = MqttBridgeParameters

    def __init__(self, name: str = 'mqtt_bridge', **options: Any) -> None:
        self._link: MqttLink | None = None
        self._news: CellNews | None = None
        self._timer: Timer | None = None
        self._since = time.time()
        self._told = (0, '')
        super().__init__(name, **options)

    def activate(self) -> None:
        """Connect and listen."""
        values = self.values
        password = read_password(values.password_file) if values.password_file else ''
        broker = Broker(values.host, values.port, values.tls, values.ca_file, values.user, password)
        self._link = MqttLink(broker, values.prefix)
        self._since, self._told = time.time(), (-1, '')
        handlers = NewsHandlers(self._on_parts, self._on_event)
        self._news = CellNews(self, values.cameras, values.defects, handlers)
        self._timer = self.create_timer(HEALTH_PERIOD_S, self._tell_health)

    def deactivate(self) -> None:
        """Stop listening and say goodbye."""
        if self._timer is not None:
            self.destroy_timer(self._timer)
            self._timer = None
        if self._news is not None:
            self._news.close()
            self._news = None
        if self._link is not None:
            self._link.close()
            self._link = None

    def _on_parts(self, camera: str, verdicts: list[PartVerdict], counts: Counts) -> None:
        assert self._link is not None
        for verdict in verdicts:
            self._link.tell('parts', part_report(camera, verdict))
        topic = f'counts/{camera}' if camera else 'counts'
        self._link.tell(topic, counts_report(camera, counts, self._since), retain=True)

    def _on_event(self, text: str) -> None:
        assert self._link is not None
        self._link.tell('events', text)

    def _tell_health(self) -> None:
        assert self._news is not None and self._link is not None
        worst = self._news.worst()
        if (worst.level, worst.name) != self._told:
            self._told = (worst.level, worst.name)
            self._link.tell('health', asdict(worst), retain=True)

    def health(self) -> Sequence[Status]:
        """Report whether the broker is reached."""
        assert self._link is not None
        where = f'{self.values.host}:{self.values.port}'
        values = {'broker': where, 'prefix': self.values.prefix, 'lost': self._link.lost}
        if self._link.trouble:
            return [Status('broker', Level.WARN, f'{where}: {self._link.trouble}', values)]
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
