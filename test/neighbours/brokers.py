"""A real Mosquitto for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import shutil
import socket
import subprocess
import time

import pytest


def find_mosquitto() -> str | None:
    """Give the path of the broker; Debian keeps it where only root looks."""
    return shutil.which('mosquitto') or shutil.which('mosquitto', path='/usr/sbin')


def free_port() -> int:
    """Give a port that nobody uses."""
    with socket.create_server(('127.0.0.1', 0)) as server:
        return server.getsockname()[1]


@contextmanager
def mosquitto(port: int) -> Iterator[None]:
    """Run a broker on this machine; skip the test where there is none."""
    program = find_mosquitto()
    if program is None:
        pytest.skip('no broker: apt install mosquitto')
    process = subprocess.Popen([program, '-p', str(port)], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
