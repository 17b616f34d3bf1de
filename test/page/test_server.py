"""The server over real sockets: what it gives to whom, how it starts, how it ends."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request

import aiohttp
import numpy as np
import pytest

from factory_perception.page.board import Board
from factory_perception.page.facts import Health, Joints
from factory_perception.page.guard import Guard
from factory_perception.page.pictures import PictureFeed, PictureSettings
from factory_perception.page.server import (
    open_socket,
    page_address,
    PageContent,
    PageServer,
    PortError,
)
from factory_perception.vision.image_view import ColourImage

SECRET = 'a1b2c3d4e5f6a7b8'


@pytest.fixture
def serve():
    """Start a server on a free port; give its content and its address."""
    servers = []

    def start(**changes):
        feeds = {name: PictureFeed(name, PictureSettings()) for name in ('left', 'right')}
        content = PageContent(Board('Line 3', 0.25), feeds, **{'picture_period_s': 0.01, **changes})
        listening = open_socket('127.0.0.1', 0)
        servers.append(PageServer(content, listening))
        return content, page_address(listening)

    yield start
    for server in servers:
        server.close()
        assert server.trouble == ''


def get(address: str, **headers: str):
    request = urllib.request.Request(address, headers=headers)
    try:
        return urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        return error


def add_picture(feed: PictureFeed, stamp_ns: int, size: int = 16) -> None:
    pixels = np.zeros((size, size, 3), np.uint8)
    feed.add_picture(stamp_ns, lambda: ColourImage(pixels, 'bgr'))


def talk(address: str, conversation, **options):
    """Run a conversation over the WebSocket of a page."""

    async def run():
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f'{address}live', **options) as live,
        ):
            return await conversation(live)

    return asyncio.run(asyncio.wait_for(run(), 20))


async def next_news(live, kind: str):
    while True:
        message = await live.receive(timeout=10)
        if message.type == aiohttp.WSMsgType.BINARY and kind == 'picture':
            (length,) = struct.unpack_from('>I', message.data)
            return json.loads(message.data[4 : 4 + length])
        if message.type == aiohttp.WSMsgType.TEXT:
            news = json.loads(message.data)
            if news['kind'] == kind:
                return news
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message


def test_page_and_its_files(serve):
    _, address = serve()
    answer = get(address)
    assert answer.status == 200 and b'<h1' in answer.read()
    policy = answer.headers['Content-Security-Policy']
    assert "default-src 'none'" in policy and 'unsafe' not in policy
    assert answer.headers['Server'] == 'factory_perception'
    assert get(f'{address}page.js').headers['Content-Type'].startswith('text/javascript')
    for missing in ('nothing.js', '../server.py', '%2e%2e/server.py', 'files/page.js'):
        assert get(address + missing).status == 404


def test_read_only(serve):
    _, address = serve()
    for method in ('POST', 'PUT', 'DELETE'):
        request = urllib.request.Request(address, data=b'x', method=method)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 405


def test_state(serve):
    content, address = serve()
    content.board.set_health([Health('a: b', 1, '<script>')])
    state = json.loads(get(f'{address}state.json').read())
    assert state['title'] == 'Line 3' and state['cameras'] == ['left', 'right']
    assert state['statuses'][0]['message'] == '<script>'


def test_a_foreign_name_is_refused(serve):
    _, address = serve()
    answer = get(address, Host='evil.example')
    assert answer.status == 403 and b'no name of this page' in answer.read()


def test_a_foreign_page_cannot_listen(serve):
    _, address = serve()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        talk(address, lambda live: next_news(live, 'state'), headers={'Origin': 'http://evil'})
    assert refused.value.status == 403


def test_token(serve):
    _, address = serve(guard=Guard(SECRET))
    for path in ('', 'state.json', 'live', 'page.js', '?token=wrong'):
        start = time.monotonic()
        assert get(address + path).status == 401
        assert time.monotonic() - start > 0.4  # guessing is slow
    assert get(f'{address}state.json', Authorization=f'Bearer {SECRET}').status == 200

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    with pytest.raises(urllib.error.HTTPError) as moved:
        urllib.request.build_opener(Stay).open(f'{address}?token={SECRET}', timeout=10)
    cookie = moved.value.headers['Set-Cookie']
    assert moved.value.code == 303 and moved.value.headers['Location'] == '/'
    assert 'HttpOnly' in cookie and 'SameSite=Strict' in cookie
    assert get(address, Cookie=cookie.split(';')[0]).status == 200


def test_news_over_the_socket(serve):
    content, address = serve()
    content.board.measure(Joints(5, ('a',), np.array([1.5])))

    async def conversation(live):
        state = await next_news(live, 'state')
        joints = await next_news(live, 'joints')
        content.board.measure(Joints(10**9, ('a',), np.array([2.5])))
        return state, joints, await next_news(live, 'joints'), content.watch.viewers

    state, first, second, viewers = talk(address, conversation)
    assert state['title'] == 'Line 3' and viewers == 1
    assert first['fresh'] and first['measured'][0][1] == [1.5]
    assert not second['fresh'] and second['measured'] == [[1.0, [2.5]]]


def wait_until(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_pictures_wait_until_the_one_before_was_shown(serve):
    content, address = serve()
    feed = content.feeds['right']

    async def conversation(live):
        await live.send_json({'camera': 'right'})
        while content.watch.cameras != {'right'}:
            await asyncio.sleep(0.01)
        add_picture(feed, 1)
        first = await next_news(live, 'picture')
        add_picture(feed, 2)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(next_news(live, 'picture'), 0.3)
        add_picture(feed, 3)
        await live.send_json({'shown': first['number']})
        return first, await next_news(live, 'picture')

    first, second = talk(address, conversation)
    assert first['camera'] == 'right' and first['stamp'] == 1e-9
    assert second['stamp'] == 3e-9  # the newest, not the one that waited
    wait_until(lambda: content.watch.viewers == 0 and content.watch.cameras == set())


@pytest.mark.parametrize('words', [
    'no json', '[]', '{"camera": "middle"}', '{"shown": "x"}', '{"camera": 7}', '{"camera": []}',
    '{"camera": {}}',
])  # fmt: skip
def test_nonsense_is_survived(serve, words):
    content, address = serve()

    async def conversation(live):
        await live.send_str(words)
        await live.send_json({'camera': 'left'})
        while content.watch.cameras != {'left'}:
            await asyncio.sleep(0.01)
        add_picture(content.feeds['left'], 1)
        return await next_news(live, 'picture')

    assert talk(address, conversation)['camera'] == 'left'


def test_long_messages_end_the_connection(serve):
    content, address = serve()

    async def conversation(live):
        await live.send_str('x' * 5000)
        while not live.closed:
            await live.receive(timeout=10)
        return live.close_code

    assert talk(address, conversation) == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    wait_until(lambda: content.watch.viewers == 0)


def test_viewers_are_limited(serve):
    _, address = serve(max_viewers=1)

    async def conversation(live):
        await next_news(live, 'state')
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f'{address}live')
        return refused.value.status

    assert talk(address, conversation) == 503


def test_a_taken_port_is_named_and_the_next_one_only_if_told():
    with open_socket('127.0.0.1', 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f'port {port} of 127.0.0.1 is taken .* next_free_port'):
            open_socket('127.0.0.1', port)
        with open_socket('127.0.0.1', port, next_free_port=True) as other:
            assert port < other.getsockname()[1] <= port + 20


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PortError, match=r'cannot listen on address 192\.0\.2\.1, port 0'):
        open_socket('192.0.2.1', 0)


@pytest.mark.skipif(not socket.has_ipv6, reason='no IPv6 here')
def test_address_in_words():
    with open_socket('127.0.0.1', 0) as listening:
        assert page_address(listening) == f'http://127.0.0.1:{listening.getsockname()[1]}/'


def test_the_end_is_quick_with_viewers_there():
    content = PageContent(Board('', 0.25), {})
    listening = open_socket('127.0.0.1', 0)
    server = PageServer(content, listening)

    async def conversation(live):
        await next_news(live, 'state')
        start = time.monotonic()
        await asyncio.to_thread(server.close)
        return time.monotonic() - start, (await live.receive(timeout=5)).type

    seconds, kind = talk(page_address(listening), conversation)
    assert seconds < 3
    assert kind in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.TEXT)


@pytest.mark.parametrize('late', [False, True])
def test_a_server_that_has_ended_by_itself_can_be_closed(monkeypatch, late):
    listening = open_socket('127.0.0.1', 0)
    listening.close()  # nothing can be served on it
    server = PageServer(PageContent(Board('Line 3', 0.25), {}, picture_period_s=0.01), listening)
    server._thread.join(10.0)
    assert server.trouble.startswith('the server ended: ')
    if late:  # it ends just after it was seen alive
        monkeypatch.setattr(threading.Thread, 'is_alive', lambda thread: True)
    server.close()
