"""Numbered steps on the terminal; a long one shows how long it has been running."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

from environment.machine import SetupError, sourced_distribution
from environment.places import ROOT
from environment.recipe import Step

#: Marks that another environment of ROS wheels leaves in the shell, and what would mislead pip.
_MARKS = {'_ROS_WHEELS_BOOTSTRAP_COMPLETE', 'PYTHONHOME', 'PIP_REQUIRE_VIRTUALENV'}


class Steps:
    """Runs commands one after the other and counts them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    def run(self, step: Step) -> None:
        """Run a command quietly; on failure show the end of its output and the hint."""
        self.done += 1
        label = f'[{self.done}/{self.total}] {step.title}'
        start = time.monotonic()
        finished = threading.Event()
        clock = threading.Thread(target=self._tick, args=(label, start, finished))
        print(f'{label} …', end='' if sys.stdout.isatty() else '\n', flush=True)
        clock.start()
        try:
            result = subprocess.run(
                step.command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=ROOT,
                env=_plain_environment(),
            )
        finally:
            finished.set()
            clock.join()
        print(f'\r{label}: {time.monotonic() - start:.0f} s     ', flush=True)
        if result.returncode:
            tail = '\n'.join(f'    {line}' for line in result.stdout.splitlines()[-15:])
            raise SetupError(f'{step.title} failed:\n{tail}\n{step.hint}')

    @staticmethod
    def _tick(label: str, start: float, finished: threading.Event) -> None:
        while not finished.wait(1.0):
            if sys.stdout.isatty():
                print(f'\r{label} … {time.monotonic() - start:.0f} s', end='', flush=True)


def _plain_environment() -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key not in _MARKS}
    if not sourced_distribution(os.environ):
        environment.pop('LD_LIBRARY_PATH', None)
        environment.pop('PYTHONPATH', None)
    return environment
