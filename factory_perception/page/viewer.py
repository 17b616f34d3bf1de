"""One open page: what is sent to it, and how fast it can take it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
import json
from typing import Any

from aiohttp import web, WSMsgType

from factory_perception.page.board import Board
from factory_perception.page.joint_chart import Cursor
from factory_perception.page.pictures import PictureFeed
from factory_perception.page.watch import Watch

STATE_PERIOD_S = 0.5
JOINT_PERIOD_S = 0.2


class Viewer:
    """Sends news in turn over one WebSocket.

    A picture is sent only after the page has shown the one before, so a slow phone gets fewer
    pictures instead of a growing delay. The page may say two things: which camera it looks at
    (``{"camera": "left"}``, null for none) and which picture it has shown (``{"shown": 7}``).
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        board: Board,
        feeds: Mapping[str, PictureFeed],
        watch: Watch,
        picture_period_s: float,
    ) -> None:
        self._socket = socket
        self._board = board
        self._feeds = feeds
        self._watch = watch
        self._picture_period_s = picture_period_s
        self._camera: str | None = None
        self._sent = 0
        self._is_shown = True
        self._cursor = Cursor()

    async def serve(self) -> None:
        """Send until the page is closed."""
        with self._watch.viewer():
            tasks = [
                asyncio.create_task(self._every(STATE_PERIOD_S, self._send_state)),
                asyncio.create_task(self._every(JOINT_PERIOD_S, self._send_joints)),
                asyncio.create_task(self._every(self._picture_period_s, self._send_picture)),
            ]
            try:
                async for message in self._socket:
                    if message.type == WSMsgType.TEXT:
                        self._hear(message.data)
            finally:
                self._watch.move(self._camera, None)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def _hear(self, text: str) -> None:
        try:
            words = json.loads(text)
        except ValueError:
            return  # whatever it is, it is none of the two things that a page may say
        if not isinstance(words, dict):
            return
        if words.get('shown') == self._sent:
            self._is_shown = True
        if 'camera' in words:
            self._look(words['camera'])

    def _look(self, camera: object) -> None:
        if camera is not None and not (isinstance(camera, str) and camera in self._feeds):
            return
        self._watch.move(self._camera, camera)
        self._camera = camera
        self._sent, self._is_shown = 0, True

    async def _every(self, period_s: float, send: Any) -> None:
        while not self._socket.closed:
            try:
                await send()
            except ConnectionError:
                return  # the page was closed while something was on its way
            except Exception:
                await self._socket.close(code=1011)  # `serve` ends and raises what happened
                raise
            await asyncio.sleep(period_s)

    async def _send_state(self) -> None:
        await self._send('state', self._board.state())

    async def _send_joints(self) -> None:
        news = self._board.joints(self._cursor)
        if news['fresh'] or news['measured'] or news['forecast']:
            await self._send('joints', news)

    async def _send_picture(self) -> None:
        if self._camera is None or not self._is_shown:
            return
        picture = self._feeds[self._camera].newer_than(self._sent)
        if picture is not None:
            self._sent, self._is_shown = picture[0], False
            await self._socket.send_bytes(picture[1])

    async def _send(self, kind: str, content: Mapping[str, Any]) -> None:
        await self._socket.send_str(json.dumps({'kind': kind, **content}))
