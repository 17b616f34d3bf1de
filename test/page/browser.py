"""A real headless Chromium for the tests, spoken to in its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
import re
import shutil
import subprocess
import time
from typing import Any

import aiohttp

PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')


def find_chromium() -> str | None:
    """Give the path of a Chromium, or None."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Browser:
    """One tab; ``troubles`` gathers what goes wrong in the page, ``requests`` what it asks for."""

    def __init__(self, profile: Path) -> None:
        program = find_chromium()
        assert program is not None
        options = [
            '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-extensions',
            '--no-first-run', '--disable-background-networking', '--remote-debugging-port=0',
            f'--user-data-dir={profile}',
        ]  # fmt: skip
        self._process = subprocess.Popen(
            [program, *options, 'about:blank'], stderr=subprocess.PIPE, text=True
        )
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._connect())

    async def _connect(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := re.search(r'ws://(\S+?)/', line):
                break
        else:
            raise RuntimeError('Chromium did not start')
        self._session = aiohttp.ClientSession()
        async with self._session.get(f'http://{found[1]}/json') as response:
            (tab,) = [item for item in await response.json() if item['type'] == 'page']
        self._socket = await self._session.ws_connect(
            tab['webSocketDebuggerUrl'], max_msg_size=0, heartbeat=None
        )

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Run one command of the protocol."""
        return self._loop.run_until_complete(self._call(method, parameters))

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        number = self._number
        await self._socket.send_json({'id': number, 'method': method, 'params': parameters})
        while number not in self._answers:
            self._take(await self._socket.receive_json(timeout=30))
        answer = self._answers.pop(number)
        if 'error' in answer:
            raise RuntimeError(f'{method}: {answer["error"]}')
        return answer.get('result', {})

    def _take(self, message: dict[str, Any]) -> None:
        if 'id' in message:
            self._answers[message['id']] = message
            return
        method, facts = message['method'], message['params']
        if method == 'Runtime.exceptionThrown':
            self.troubles.append(json.dumps(facts['exceptionDetails']))
        elif method == 'Log.entryAdded' and facts['entry']['level'] == 'error':
            self.troubles.append(facts['entry']['text'])
        elif method == 'Network.requestWillBeSent':
            self.requests.append(facts['request']['url'])

    def screen(self, width: int, height: int, phone: bool = False, dark: bool = False) -> None:
        """Choose the screen."""
        self.call(
            'Emulation.setDeviceMetricsOverride',
            width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone,
        )  # fmt: skip
        scheme = {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}
        self.call('Emulation.setEmulatedMedia', features=[scheme])

    def open(self, address: str) -> None:
        """Open a page and begin to listen to its troubles."""
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')
        self.call('Page.navigate', url=address)
        while self.ask('document.readyState') != 'complete':
            time.sleep(0.02)

    def ask(self, script: str) -> Any:
        """Give the value of an expression in the page; promises are awaited."""
        answer = self.call(
            'Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True
        )
        assert 'exceptionDetails' not in answer, answer['exceptionDetails']
        return answer['result'].get('value')

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """Write a picture of the page, or of its visible part."""
        data = self.call('Page.captureScreenshot', format='png', captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(data['data']))

    def close(self) -> None:
        """End the browser."""

        async def end() -> None:
            await self._socket.close()
            await self._session.close()

        self._loop.run_until_complete(end())
        self._loop.close()
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
