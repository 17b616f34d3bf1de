"""Nodes as children: watched over, ended cleanly, and what they said is told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from factory_perception.cli.errors import CommandError
from factory_perception.cli.processes import Processes, ros_environment


class Child:
    """Stands for a node: any Python program."""

    executable = 'child'

    def __init__(self, program: str) -> None:
        self._program = program

    def command(self, extra=None):
        return [sys.executable, '-u', '-c', self._program]


WAIT = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit({code}))
print('ready', flush=True)
time.sleep(60)
"""


def started(tmp_path, program):
    processes = Processes(tmp_path)
    processes.start(Child(program))
    end = time.monotonic() + 10
    while 'ready' not in (tmp_path / 'child.log').read_text() and time.monotonic() < end:
        time.sleep(0.02)
    return processes


def test_a_child_that_ends_well_says_nothing(tmp_path):
    processes = started(tmp_path, WAIT.format(code=0))
    processes.check()
    processes.stop()
    processes.stop()  # nobody is left


def test_a_child_that_dies_is_told_with_its_last_words(tmp_path):
    processes = started(tmp_path, 'print("ready"); print("no such model"); raise SystemExit(3)')
    with pytest.raises(CommandError, match=r'child ended with code 3:\n(.*\n)*\s+no such model'):
        for _ in range(200):
            processes.check()
            time.sleep(0.02)


def test_an_unclean_end_is_told(tmp_path):
    with pytest.raises(CommandError, match='child ended with code 7'):
        started(tmp_path, WAIT.format(code=7)).stop()


LOCKED_UP = """
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *_: os.kill(os.getpid(), signal.SIGALRM))
print('ready', flush=True)
time.sleep(60)
"""


def test_a_middleware_that_locks_up_after_a_child_is_told_and_no_error(tmp_path, capsys):
    started(tmp_path, LOCKED_UP).stop()
    assert 'child: the DDS middleware locked up' in capsys.readouterr().err


DEAF = """
import faulthandler, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
{more}
print('ready', flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    'more, words',
    [
        ('faulthandler.enable()', r'child did not end within 0 s:\n(.*\n)*.*line 6 in <module>'),
        ('signal.signal(signal.SIGABRT, signal.SIG_IGN)', 'child did not end within 0 s:'),
    ],
)
def test_a_child_that_does_not_listen_is_killed_and_told_where_it_was(
    tmp_path, monkeypatch, more, words
):
    monkeypatch.setattr('factory_perception.cli.processes.GRACE_S', 0.3)
    monkeypatch.setattr('factory_perception.cli.processes._LAST_WORDS_S', 1.0)
    with pytest.raises(CommandError, match=words):
        started(tmp_path, DEAF.format(more=more)).stop()


def test_a_chosen_domain_is_kept_and_none_stays_on_this_machine(monkeypatch):
    monkeypatch.delenv('ROS_AUTOMATIC_DISCOVERY_RANGE', raising=False)
    monkeypatch.setenv('ROS_DOMAIN_ID', '42')
    assert ros_environment()['ROS_DOMAIN_ID'] == '42'
    assert 'ROS_AUTOMATIC_DISCOVERY_RANGE' not in ros_environment()
    monkeypatch.delenv('ROS_DOMAIN_ID')
    alone = ros_environment()
    assert 1 <= int(alone['ROS_DOMAIN_ID']) <= 100
    assert alone['ROS_AUTOMATIC_DISCOVERY_RANGE'] == 'LOCALHOST'


KILLED = """
from pathlib import Path
import os, signal, sys, time
from factory_perception.cli.processes import Processes
from test.cli.test_processes import Child
folder = Path(sys.argv[1])
Processes(folder).start(Child({child!r}))
while not (folder / 'child.log').read_text().strip():
    time.sleep(0.02)
os.kill(os.getpid(), signal.SIGKILL)
"""
ENDED = """
import os, signal, sys, time
from pathlib import Path
def end(*_):
    Path({file!r}).touch()
    sys.exit(0)
signal.signal(signal.SIGINT, end)
print('ready', flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != 'linux', reason='only Linux tells children of the end')
def test_children_end_when_this_process_is_killed(tmp_path):
    ended = tmp_path / 'ended'
    program = KILLED.format(child=ENDED.format(file=str(ended)))
    result = subprocess.run([sys.executable, '-c', program, str(tmp_path)], timeout=60)
    assert result.returncode == -signal.SIGKILL
    end = time.monotonic() + 20
    while not ended.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert ended.exists()
