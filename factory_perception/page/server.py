"""The web server of the page: a few read-only addresses, on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import errno
import socket
import threading
from typing import Any

from aiohttp import web

from factory_perception.page.assets import Asset, read_assets
from factory_perception.page.board import Board
from factory_perception.page.guard import Guard, is_same_origin
from factory_perception.page.pictures import PictureFeed
from factory_perception.page.viewer import Viewer
from factory_perception.page.watch import Watch

COOKIE = 'page_token'
#: What a page says fits in this many bytes.
_MAX_MESSAGE = 1024
#: A wrong token is answered after so long.
_DELAY_S = 0.5
_PORTS_TRIED = 20
_HEADERS = {
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
    'Server': 'factory_perception',
}
_NEEDS_TOKEN = 'This page asks for its token: open it as  ADDRESS/?token=SECRET\n'  # noqa: S105


class PortError(OSError):
    """The address cannot be listened on; the text says why and the mend."""


@dataclass(frozen=True)
class PageContent:
    """What the server shows, to whom, and how fast."""

    board: Board
    feeds: Mapping[str, PictureFeed]
    watch: Watch = field(default_factory=Watch)
    guard: Guard = field(default_factory=Guard)
    picture_period_s: float = 0.1
    max_viewers: int = 8


def open_socket(address: str, port: int, next_free_port: bool = False) -> socket.socket:
    """Listen on an address, at once, so that trouble is told where the node is configured.

    Args:
        address: IP address or name of this machine.
        port: 0 lets the system choose.
        next_free_port: try the ports after it too when it is taken.

    Raises:
        PortError: the port is taken or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    for number in range(port, min(port + (_PORTS_TRIED if next_free_port else 1), 65536)):
        try:
            return socket.create_server((address, number), family=family)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise PortError(
                    f'cannot listen on address {address}, port {number}: {error.strerror}'
                ) from error
    raise PortError(
        f'port {port} of {address} is taken by another program (ss -ltnp shows which): set the '
        'parameter port to another one, or next_free_port to true'
    )


def page_address(listening: socket.socket) -> str:
    """Give what a person types into the browser."""
    host, port = listening.getsockname()[:2]
    return f'http://[{host}]:{port}/' if ':' in host else f'http://{host}:{port}/'


class PageServer:
    """Serves until it is closed. Nothing that is sent to it changes anything in the cell."""

    def __init__(self, content: PageContent, listening: socket.socket) -> None:
        """Start on an open socket, which the server closes at its end."""
        self._content = content
        self._assets = read_assets()
        self._viewers: set[web.WebSocketResponse] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        #: Why the server has ended by itself; '' while it runs.
        self.trouble = ''
        self._thread = threading.Thread(target=self._run, args=(listening,), name='page')
        self._thread.start()

    def close(self) -> None:
        """Let the viewers go and wait for the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()  # not by the thread itself: it may end between the lines above

    def _run(self, listening: socket.socket) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(listening))
        except Exception as error:  # told on /diagnostics
            self.trouble = f'the server ended: {type(error).__name__}: {error}'
        finally:
            listening.close()

    async def _serve(self, listening: socket.socket) -> None:
        application = web.Application(middlewares=[self._check], client_max_size=_MAX_MESSAGE)
        application.router.add_get('/live', self._live)
        application.router.add_get('/state.json', self._state)
        application.router.add_get('/{name:[a-z_.]*}', self._file)
        runner = web.AppRunner(
            application, access_log=None, handle_signals=False, shutdown_timeout=1.0
        )
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await self._stop.wait()
        for viewer in set(self._viewers):
            await viewer.close(code=1001, message=b'the dashboard node ends')
        await runner.cleanup()

    # Requests -------------------------------------------------------------------------------------

    @web.middleware
    async def _check(self, request: web.Request, handler: Any) -> web.StreamResponse:
        guard = self._content.guard
        if not guard.knows_host(request.host):
            raise web.HTTPForbidden(
                text=f'{request.host} is no name of this page; open it by its IP address\n'
            )
        if not guard.knows_token(_offered_token(request)):
            await asyncio.sleep(_DELAY_S)
            raise web.HTTPUnauthorized(text=_NEEDS_TOKEN)
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        if 'token' in request.query:  # keep the secret out of the address bar and the history
            response = web.Response(status=303, headers={'Location': '/'})
            response.set_cookie(
                COOKIE, request.query['token'], max_age=30 * 86_400, httponly=True,
                samesite='Strict',
            )  # fmt: skip
            return response
        asset: Asset | None = self._assets.get(request.match_info['name'] or 'index.html')
        if asset is None:
            raise web.HTTPNotFound(text='there is no such file\n')
        return web.Response(body=asset.data, content_type=asset.content_type, charset='utf-8')

    async def _state(self, request: web.Request) -> web.Response:
        cameras = list(self._content.feeds)
        return web.json_response({**self._content.board.state(), 'cameras': cameras})

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if not is_same_origin(request.headers.get('Origin', ''), request.host):
            raise web.HTTPForbidden(text='only the page itself may listen here\n')
        content = self._content
        if len(self._viewers) >= content.max_viewers:
            raise web.HTTPServiceUnavailable(
                text=f'{content.max_viewers} pages are open already; see max_viewers\n'
            )
        # Pictures are compressed already, and texts are short.
        live = web.WebSocketResponse(heartbeat=10.0, max_msg_size=_MAX_MESSAGE, compress=False)
        await live.prepare(request)
        self._viewers.add(live)
        try:
            viewer = Viewer(
                live, content.board, content.feeds, content.watch, content.picture_period_s
            )
            await viewer.serve()
        finally:
            self._viewers.discard(live)
        return live


def _offered_token(request: web.Request) -> str:
    header = request.headers.get('Authorization', '')
    if header.startswith('Bearer '):
        return header[len('Bearer ') :]
    return request.query.get('token', '') or request.cookies.get(COOKIE, '')
