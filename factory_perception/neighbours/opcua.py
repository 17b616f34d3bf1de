"""A flat OPC UA server that can only be read: a thin layer over asyncua (LGPL, optional).

It claims no companion specification. One object ``Cell`` holds all variables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
import threading
from typing import Any

from factory_perception.neighbours.missing import load, NeighbourError

NAMESPACE = 'urn:factory_perception'
#: Name and first value of every variable; the value also fixes its type.
VARIABLES: Mapping[str, int | str | bool] = {
    'PartsGood': 0,
    'PartsDefective': 0,
    'LastPartClass': '',
    'LastPartGood': True,
    'LastPartDefects': '',
    'LastPartTime': '',
    'LastEventType': '',
    'LastEventLevel': 0,
    'LastEventText': '',
    'LastEvent': '',
    'HealthLevel': 0,
    'HealthText': '',
}
_PATIENCE_S = 60.0


class OpcuaServer:
    """Serves on a thread of its own; ``trouble`` says why it has ended by itself."""

    def __init__(self, address: str, port: int) -> None:
        """Start, and wait until it listens.

        Raises:
            NeighbourError: asyncua is missing, or the address cannot be listened on.
        """
        self._library = load('asyncua', 'asyncua')
        self._users = load('asyncua.crypto.permission_rules', 'asyncua')
        self.endpoint = f'opc.tcp://{address}:{port}/factory_perception/'
        self.trouble = ''
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._variables: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._run, name='opcua')
        self._thread.start()
        if not self._up.wait(_PATIENCE_S) or self.trouble:
            trouble = self.trouble or 'it did not start in time'
            self.close()
            raise NeighbourError(f'OPC UA server {self.endpoint}: {trouble}')

    def tell(self, values: Mapping[str, int | str | bool]) -> None:
        """Give variables new values."""
        if self._thread.is_alive() and not self.trouble:
            self._loop.call_soon_threadsafe(self._change, dict(values))

    def close(self) -> None:
        """End the server and its thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()  # not by the thread itself: it may end between the two lines above

    def _change(self, values: dict[str, int | str | bool]) -> None:
        task = self._loop.create_task(self._write(values))
        task.add_done_callback(self._changed)

    async def _write(self, values: dict[str, int | str | bool]) -> None:
        for name, value in values.items():
            await self._variables[name].write_value(value)

    def _changed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.trouble = f'a value could not be written: {error}'

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:  # told by whoever asks for `trouble`
            self.trouble = f'{type(error).__name__}: {error}'
        finally:
            self._up.set()

    async def _serve(self) -> None:
        server = self._library.Server(user_manager=self._everybody_reads())
        await server.init()
        server.set_endpoint(self.endpoint)
        server.set_server_name('factory_perception')
        server.set_security_policy([self._library.ua.SecurityPolicyType.NoSecurity])
        server.allow_remote_admin(False)
        index = await server.register_namespace(NAMESPACE)
        cell = await server.nodes.objects.add_object(index, 'Cell')
        for name, value in VARIABLES.items():
            self._variables[name] = await cell.add_variable(index, name, value)
        async with server:
            self._up.set()
            await self._stop.wait()

    def _everybody_reads(self) -> Any:
        """Make everybody an ordinary user: such a one reads, and changes nothing."""
        reader = self._users.User(role=self._users.UserRole.User)

        class Readers:
            def get_user(self, *_: Any, **__: Any) -> Any:
                return reader

        return Readers()
