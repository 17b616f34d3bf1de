"""The page in a real Chromium, with the embedded cell and the detector really running."""

from __future__ import annotations

import json
import os
from pathlib import Path
import random
import subprocess
import time

import pytest

from factory_perception.deployment import CELL, DASHBOARD, DETECTOR
from factory_perception.model_store.store import default_store
from factory_perception.page.server import open_socket
from test.nodes.conftest import wait_for
from test.page.browser import Browser, find_chromium
from test.page.test_server import get
from test.support import publish_blobs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_chromium() is None, reason='no Chromium: apt install chromium'),
]
#: The aim is one second; the machine may be busy with everything else.
FIRST_PAINT_MS = 3000
PHONE_WIDTH = 390
#: What the page may take while nobody looks, as a share of the detector's processor time: both are
#: as slow as the machine is.
MOST_IDLE_SHARE = 0.2


@pytest.fixture
def model(store) -> dict[str, object]:
    """Give the parameters of a detector: the shipped model, or the model of bright cells."""
    if 'parts' in default_store().names():
        return {'model': 'parts'}
    publish_blobs(store)
    return {'model': 'blobs', 'model_store': [str(store.roots[0])]}


@pytest.fixture
def processes(monkeypatch, tmp_path, model):
    """Run cell, detector and dashboard on a ROS domain of their own; give the page's address."""
    monkeypatch.setenv('ROS_DOMAIN_ID', str(random.SystemRandom().randint(1, 100)))
    with open_socket('127.0.0.1', 0) as free:
        port = free.getsockname()[1]
    nodes = ((CELL, {}), (DETECTOR, model), (DASHBOARD, {'port': port}))
    processes: dict[str, subprocess.Popen] = {}
    for spec, parameters in nodes:
        log = (tmp_path / f'{spec.executable}.log').open('wb')
        command = spec.command(parameters)
        processes[spec.executable] = subprocess.Popen(command, stdout=log, stderr=log)
    address = f'http://127.0.0.1:{port}/'
    try:
        wait_for(lambda: is_up(address), 120)
        yield address, processes
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            assert process.wait(20) == 0


@pytest.fixture
def address(processes) -> str:
    """Give the address of the page of a running cell."""
    return processes[0]


def is_up(address: str) -> bool:
    try:
        names = {status['name'] for status in state(address)['statuses']}
    except OSError:
        return False
    return {'cell: simulation', 'detector: engine', 'detector: image'} <= names


def state(address: str) -> dict:
    return json.loads(get(f'{address}state.json').read())


@pytest.fixture
def browser(tmp_path):
    browser = Browser(tmp_path / 'profile')
    yield browser
    browser.close()


def first_paint_ms(browser: Browser) -> float:
    entries = wait_for(
        lambda: browser.ask("performance.getEntriesByType('paint').map((item) => item.startTime)")
    )
    return max(entries)


def test_the_page_lives(browser, address, tmp_path):
    browser.screen(1440, 900)
    paints = []
    for _ in range(3):
        browser.open(address)
        paints.append(first_paint_ms(browser))
    assert min(paints) <= FIRST_PAINT_MS
    wait_for(lambda: browser.ask("document.getElementById('nopicture').hidden"), 30)
    wait_for(lambda: browser.ask("document.querySelectorAll('#jointrows li').length") == 6, 30)
    assert browser.ask("document.getElementById('title').textContent") == 'Factory cell'
    assert 'detector: engine' in browser.ask("document.getElementById('noderows').textContent")
    picture = "document.getElementById('picture').toDataURL()"
    before = browser.ask(picture)
    wait_for(lambda: browser.ask(picture) != before, 30)  # it moves
    browser.screenshot(tmp_path / 'desktop.png')

    browser.screen(PHONE_WIDTH, 844, phone=True)
    wait_for(lambda: browser.ask('innerWidth') == PHONE_WIDTH)
    assert browser.ask('document.documentElement.scrollWidth') <= PHONE_WIDTH  # nothing sticks out
    browser.screenshot(tmp_path / 'phone.png', whole=True)
    long = "document.getElementById('verdict').lastElementChild.textContent = '/a'.repeat(200)"
    assert browser.ask(f'({long}, document.documentElement.scrollWidth)') <= PHONE_WIDTH

    assert browser.troubles == []
    assert all(url.startswith((address, 'blob:')) for url in browser.requests), browser.requests
    browser.open('about:blank')
    wait_for(lambda: viewers(address) == '0', 20)


def viewers(address: str) -> str:
    (page,) = (s for s in state(address)['statuses'] if s['name'] == 'dashboard: page')
    return page['values']['viewers']


def test_a_hidden_tab_lets_go(browser, address):
    browser.open(address)
    wait_for(lambda: browser.ask("document.getElementById('link').textContent").startswith('live'))
    wait_for(lambda: viewers(address) == '1', 20)
    browser.ask("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    browser.ask("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(lambda: viewers(address) == '0', 20)
    browser.ask("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    browser.ask("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(lambda: viewers(address) == '1', 20)


def cpu_s(process: subprocess.Popen) -> float:
    fields = Path(f'/proc/{process.pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def test_nobody_looks(processes):
    watched = [processes[1][name] for name in ('dashboard', 'detector')]
    before = [cpu_s(process) for process in watched]
    time.sleep(10)
    page, detector = (cpu_s(process) - then for process, then in zip(watched, before))
    assert page <= MOST_IDLE_SHARE * detector
