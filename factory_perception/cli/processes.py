"""Start the nodes of a demonstration as processes, watch over them, and end them cleanly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
import ctypes
from dataclasses import dataclass
import functools
import os
from pathlib import Path
import signal
import subprocess
import sys

from factory_perception.cli.errors import CommandError
from factory_perception.deployment import NodeSpec

#: A node that does not end within this time is killed; the demonstration says so, and where it was.
GRACE_S = 20.0
#: So long it has to write that down.
_LAST_WORDS_S = 5.0
#: Lines of its log that are shown then.
_STACKS = 60
#: Said of a node that had ended; only the middleware had not.
_LOCKED_UP = '{}: the DDS middleware locked up when it was left, and was ended by force:\n{}'
#: prctl(2): which signal a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


def ros_environment() -> dict[str, str]:
    """Keep a demonstration to this machine unless the user chose a ROS domain."""
    environment = dict(os.environ)
    if 'ROS_DOMAIN_ID' not in environment:
        environment['ROS_DOMAIN_ID'] = str(1 + os.getpid() % 100)
        environment.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    return environment


@dataclass(frozen=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Processes:
    """Children of this command. Each has a log file; none hears the terminal's Ctrl-C directly.

    On Linux they end with this process even where it is killed.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[_Child] = []

    def start(self, spec: NodeSpec, extra: Mapping[str, object] | None = None) -> None:
        """Start a node."""
        log = self._logs / f'{spec.executable}.log'
        with log.open('wb') as output:
            process = subprocess.Popen(
                spec.command(extra),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_ended_with_parent(),
            )
        self._children.append(_Child(spec.executable, process, log))

    def check(self) -> None:
        """Raise when a child has ended.

        Raises:
            CommandError: with the end of its log.
        """
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise CommandError(f'{child.name} ended with code {code}:\n{_tail(child.log)}')

    def cpu_seconds(self) -> dict[str, float]:
        """Give the processor time that each child has used (proc(5), fields 14 and 15)."""
        ticks = os.sysconf('SC_CLK_TCK')
        found = {}
        for child in self._children:
            text = Path(f'/proc/{child.process.pid}/stat').read_text()
            fields = text.rpartition(')')[2].split()
            found[child.name] = (int(fields[11]) + int(fields[12])) / ticks
        return found

    def stop(self) -> None:
        """Ask every child to end, last started first, and wait for it.

        Raises:
            CommandError: one did not end cleanly.
        """
        children, self._children = self._children, []
        for child in reversed(children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGINT)
        unclean = []
        for child in children:
            try:
                code = child.process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                _end_by_force(child.process)
                words = _tail(child.log, _STACKS)
                unclean.append(f'{child.name} did not end within {GRACE_S:.0f} s:\n{words}')
                continue
            if code == -signal.SIGALRM:  # see nodes/process.py
                print(_LOCKED_UP.format(child.name, _tail(child.log, _STACKS)), file=sys.stderr)
            elif code != 0:
                unclean.append(f'{child.name} ended with code {code}:\n{_tail(child.log)}')
        if unclean:
            raise CommandError('; '.join(unclean))


def _ended_with_parent() -> Callable[[], None] | None:
    """Give what a child does before it becomes a node, so that it never outlives this process."""
    if sys.platform != 'linux':
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: a child must do little
    return functools.partial(libc.prctl, _PR_SET_PDEATHSIG, signal.SIGINT)


def _end_by_force(process: subprocess.Popen[bytes]) -> None:
    """Kill a child; one with Python's fault handler (every node) logs where its threads are."""
    process.send_signal(signal.SIGABRT)
    try:
        process.wait(_LAST_WORDS_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors='replace').splitlines()[-lines:]
    return '\n'.join(f'    {line}' for line in text) or '    (it said nothing)'
