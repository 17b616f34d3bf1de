"""Tell an MQTT broker: a thin layer over Eclipse Paho (EPL-2.0 or BSD-3-Clause)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
import json
import threading
from typing import Any

from factory_perception.neighbours.missing import load, NeighbourError

#: Messages that wait for a broker that is away; the oldest do not go lost, the newest do.
MOST_WAITING = 1000
_ONLINE, _OFFLINE = b'online', b'offline'


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how one logs in; ``user`` '' logs in as nobody."""

    host: str = '127.0.0.1'
    port: int = 1883
    tls: bool = False
    ca_file: str = ''
    user: str = ''
    password: str = ''


class MqttLink:
    """Publishes JSON below one prefix; connects, and connects again, by itself.

    ``PREFIX/state`` is retained and says ``online``; the broker itself makes it ``offline`` when
    this side vanishes.
    """

    def __init__(self, broker: Broker, prefix: str) -> None:
        """Begin to connect in the background.

        Raises:
            NeighbourError: paho-mqtt is missing, or the settings make no sense.
        """
        paho = load('paho.mqtt.client', 'paho-mqtt')
        if not prefix or any(sign in prefix for sign in '+#'):
            raise NeighbourError(
                f'MQTT broker {broker.host}: prefix "{prefix}" is empty or has a + or # in it'
            )
        self._prefix = prefix
        self._lock = threading.Lock()
        self._connected = False
        self._trouble = 'not connected yet'
        self.lost = 0
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.max_queued_messages_set(MOST_WAITING)
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_connect_fail = self._on_connect_fail
        try:
            self._client.will_set(f'{prefix}/state', _OFFLINE, qos=1, retain=True)
            if broker.user:
                self._client.username_pw_set(broker.user, broker.password)
            if broker.tls:
                self._client.tls_set(ca_certs=broker.ca_file or None)
            self._client.connect_async(broker.host, broker.port)
        except (ValueError, OSError) as error:
            raise NeighbourError(f'MQTT broker {broker.host}: {error}') from error
        self._client.loop_start()

    @property
    def trouble(self) -> str:
        """Say why the broker is not reached; '' while it is."""
        with self._lock:
            return '' if self._connected else self._trouble

    def tell(self, topic: str, content: Mapping[str, Any] | str, retain: bool = False) -> None:
        """Publish at least once (QoS 1); text that is JSON already goes out as it is."""
        text = content if isinstance(content, str) else json.dumps(content)
        result = self._client.publish(f'{self._prefix}/{topic}', text, qos=1, retain=retain)
        if result.rc not in (0, 4):  # 4: no connection now, it waits
            self.lost += 1

    def close(self) -> None:
        """Say goodbye and end the thread."""
        if not self.trouble:
            goodbye = self._client.publish(f'{self._prefix}/state', _OFFLINE, qos=1, retain=True)
            goodbye.wait_for_publish(2.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, client: Any, data: Any, flags: Any, reason: Any, extra: Any) -> None:
        with self._lock:
            self._connected = not reason.is_failure
            self._trouble = f'the broker refuses: {reason}'
        if not reason.is_failure:
            client.publish(f'{self._prefix}/state', _ONLINE, qos=1, retain=True)

    def _on_disconnect(self, client: Any, data: Any, flags: Any, reason: Any, extra: Any) -> None:
        with self._lock:
            was_connected, self._connected = self._connected, False
            if was_connected:
                self._trouble = f'the connection was lost: {reason}'

    def _on_connect_fail(self, client: Any, data: Any) -> None:
        with self._lock:
            self._trouble = f'no broker answers at {client.host}:{client.port}'
