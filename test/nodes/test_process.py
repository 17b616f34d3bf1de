"""Processes of nodes end cleanly: no abort, no traceback, exit code 0, whatever the signal."""

from __future__ import annotations

import os
from pathlib import Path
import random
import signal
import subprocess
import sys
import time

import pytest

from factory_perception.deployment import profile_path, PROFILE_VARIABLES
from test.support import publish_blobs

SIGNALS = {
    'Ctrl-C': [signal.SIGINT],
    'terminate': [signal.SIGTERM],
    'Ctrl-C twice': [signal.SIGINT, signal.SIGINT],
    'terminate twice': [signal.SIGTERM, signal.SIGTERM],
}


@pytest.fixture
def launch(store, monkeypatch):
    publish_blobs(store)
    monkeypatch.setenv('ROS_DOMAIN_ID', str(random.SystemRandom().randint(1, 100)))
    processes = []

    def launch(*arguments, module='detector'):
        command = [sys.executable, '-m', f'factory_perception.nodes.{module}', '--ros-args']
        command += ['-p', f'model_store:=[{store.roots[0]}]', *arguments]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield launch
    for process in processes:
        process.kill()
        process.wait()


def read_until(process, text):
    lines = []
    for line in process.stderr:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f'"{text}" was never printed:\n' + ''.join(lines))


@pytest.mark.parametrize('signals', SIGNALS.values(), ids=SIGNALS)
def test_signals_end_it_with_zero(launch, signals):
    process = launch('-p', 'model:=blobs')
    read_until(process, 'listening to /image')
    for number in signals:
        process.send_signal(number)
        time.sleep(0.01)
    rest = process.communicate(timeout=20)[1]
    assert process.returncode == 0, rest
    assert 'Traceback' not in rest and 'terminate called' not in rest


def test_a_signal_during_the_start_ends_it_too(launch):
    for delay in (0.25, 0.35, 0.45):
        process = launch('-p', 'model:=blobs')
        time.sleep(delay)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert process.returncode in (0, -signal.SIGTERM)


def test_an_unconfigured_node_ends_with_zero_too(launch):
    process = launch('-p', 'model:=nothing')
    read_until(process, 'cannot configure: there is no model "nothing"')
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0


LOCKED_UP = """
import ctypes, os, signal, sys
from rclpy.node import Node
from factory_perception.nodes import process
process._CLOSE_S = process._LEAVE_S = 1.0
class Locked(Node):
    def __init__(self):
        super().__init__('locked')
        self.create_timer(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
    def {where}(self):
        ctypes.PyDLL(None).sleep(60)  # keeps Python's lock, as a middleware that hangs does
sys.exit(process.run(Locked))
"""


@pytest.mark.parametrize('where, code', [('close', 1), ('destroy_node', -signal.SIGALRM)])
def test_what_locks_up_at_the_end_is_ended_and_told(where, code):
    result = subprocess.run(
        [sys.executable, '-c', LOCKED_UP.format(where=where)],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert result.returncode == code
    assert f'in {where}' in result.stderr


LEAVES = """
import atexit, os, signal, sys, weakref
from factory_perception.nodes import process
from factory_perception.nodes.motion_predictor import MotionPredictorNode
def make():
    node = MotionPredictorNode()
    node.create_timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    left = weakref.ref(node)
    atexit.register(lambda: print('left behind' if left() else 'all gone'))
    return node
sys.exit(process.run(make))
"""


def test_a_managed_node_leaves_nothing_for_the_end_of_the_interpreter():
    result = subprocess.run(
        [sys.executable, '-c', LEAVES], capture_output=True, text=True, timeout=30
    )
    assert (result.returncode, result.stdout) == (0, 'all gone\n'), result.stderr


@pytest.mark.parametrize('argument, text', [
    ('backend:=warp', 'backend is "warp"; it can be auto'),
    ('threads:=0', 'threads'),
    ('threads:=many', 'threads'),
])  # fmt: skip
def test_parameters_that_make_no_sense_are_told_in_a_line(launch, argument, text):
    process = launch('-p', argument)
    error = process.communicate(timeout=20)[1]
    assert process.returncode == 2
    assert text in error and 'Traceback' not in error


def test_the_dds_profile_is_set_unless_the_user_set_one():
    code = (
        'import os; from factory_perception.nodes.process import prepare_process; '
        f'prepare_process(); print(os.environ["{PROFILE_VARIABLES[0]}"])'
    )
    environment = {key: value for key, value in os.environ.items() if key not in PROFILE_VARIABLES}

    def profile(**extra):
        result = subprocess.run(
            [sys.executable, '-c', code],
            env={**environment, **extra},
            capture_output=True,
            text=True,
        )
        return result.stdout.strip()

    assert profile() == profile_path() and Path(profile()).is_file()
    assert profile(**{PROFILE_VARIABLES[0]: 'mine.xml'}) == 'mine.xml'
