"""``factory_perception demo``: the embedded cell, watched by the shipped models, on real ROS 2."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from pathlib import Path
import signal
import sys
import tempfile
import time
from typing import Any, TYPE_CHECKING

from factory_perception.cli.processes import Processes, ros_environment
from factory_perception.deployment import DEMO, NodeSpec
from factory_perception.files import write_atomic

if TYPE_CHECKING:
    from factory_perception.nodes.demo_monitor import DemoMonitor

#: Below this a run does not count as one in which the detections match the truth.
LEAST_MAP50 = 0.7
#: Statuses are about the last so many frames.
RECENT = 150
#: So long the first detections may take, on a machine that is busy.
_START_S = 60.0


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``demo``."""
    parser = subparsers.add_parser(
        'demo', help='simulated cell and detector on this machine', description=__doc__
    )
    parser.add_argument(
        '--seconds', type=float, help='stop by itself so long after the first detections'
    )
    parser.add_argument('--json', type=Path, metavar='FILE', help='write the figures to a file')
    parser.add_argument('--snapshot', type=Path, metavar='DIR', help='keep annotated pictures')
    parser.add_argument('--seed', type=int, default=0, help='another seed, another day in the cell')
    parser.add_argument(
        '--page-port', type=int, default=8088, metavar='PORT', help='port of the page; 0: any free'
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    os.environ.update(ros_environment())
    if options.snapshot is not None:
        options.snapshot.mkdir(parents=True, exist_ok=True)
    stop = _Stop(options.seconds)
    print(
        'The simulated cell and its detector run on this machine. Look on from another terminal:\n'
        f'    export ROS_DOMAIN_ID={os.environ["ROS_DOMAIN_ID"]} '
        f'ROS_AUTOMATIC_DISCOVERY_RANGE={os.environ.get("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET")}'
        '\nCtrl-C ends it.',
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as logs:
        figures = _watch(options, Processes(Path(logs)), stop)
    if options.json is not None:
        write_atomic(options.json.absolute(), json.dumps(figures, indent=2).encode() + b'\n')
    print(_conclusion(figures))
    return 0 if _is_good(figures) else 1


def _watch(options: argparse.Namespace, processes: Processes, stop: _Stop) -> dict[str, Any]:
    from factory_perception.nodes.demo_monitor import monitor_demo  # ROS only where it is used

    show = _Show()

    def should_stop() -> bool:
        processes.check()
        return stop.is_due()

    def look(monitor: DemoMonitor) -> None:
        if monitor.record.answers:
            stop.begin()
        show(monitor)

    try:
        for spec in DEMO:
            processes.start(spec, _extra_parameters(spec, options))
        return monitor_demo(should_stop, look, options.snapshot)
    finally:
        _end_line()
        processes.stop()


class _Stop:
    """Ctrl-C, a request to terminate, a closed terminal, or the end of the time.

    The time begins with the first detections: a slow machine takes long to start.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds, self._counts = seconds, False
        self._end = None if seconds is None else time.monotonic() + _START_S + seconds
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: Any) -> None:
        self._asked = True

    def begin(self) -> None:
        """Count the time from now on, if it is not counted yet."""
        if self._seconds is not None and not self._counts:
            self._counts, self._end = True, time.monotonic() + self._seconds

    def is_due(self) -> bool:
        return self._asked or (self._end is not None and time.monotonic() >= self._end)


def _extra_parameters(spec: NodeSpec, options: argparse.Namespace) -> dict[str, object]:
    """Give the parameters of a node that the command line decides about."""
    extra = {'cell': {'seed': options.seed}, 'dashboard': {'port': options.page_port}}
    return dict(extra.get(spec.executable, {}))


class _Show:
    """The address of the page once it is known, and one living line."""

    def __init__(self) -> None:
        self._page = ''

    def __call__(self, monitor: DemoMonitor) -> None:
        page = monitor.record.page
        if page != self._page:
            self._page = page
            _end_line()
            print(f'The page: {page}', flush=True)
        line = _status_line(monitor)
        if sys.stdout.isatty():
            with contextlib.suppress(OSError):
                line = line[: os.get_terminal_size().columns - 1]
            print(f'\r\x1b[2K{line}', end='', flush=True)
        else:
            print(line, flush=True)


def _end_line() -> None:
    if sys.stdout.isatty():
        print()


def _status_line(monitor: DemoMonitor) -> str:
    record, now_ns = monitor.record, monitor.now_ns()
    if not record.answers:
        return 'waiting for the first detections …'
    recent = sum(now_ns - stamp < 2e9 for stamp in list(record.answers)[-RECENT:]) / 2
    latency = record.latency_ms(RECENT)
    seen = ', '.join(f'{count} {name}' for name, count in sorted(monitor.visible.items()))
    engine = record.engine
    faults = ', '.join(
        f'{part} {fault.removeprefix(f"{part}_")}' for part, fault in sorted(record.faults.items())
    )
    return (
        f'{recent:4.1f} frames/s | {latency["p50"]:.1f} ms (p99 {latency["p99"]:.1f}) | '
        f'{record.lost(now_ns)} lost | {seen or "empty belt"} | '
        f'{faults or "no fault"} | '
        f'{engine.get("model", "?")} {engine.get("backend", "?")} {engine.get("precision", "?")}'
    )


def _is_good(figures: dict[str, Any]) -> bool:
    return (
        figures['frames_published'] > 0
        and figures['frames_lost'] < figures['frames_published']
        and (figures['map50'] or 0.0) >= LEAST_MAP50
    )


def _conclusion(figures: dict[str, Any]) -> str:
    if not figures['frames_published']:
        if figures['first_detection_s'] is None:
            return 'No detections arrived: see the messages above.'
        return 'It ended too soon to be measured: let it run for some seconds more.'
    latency = figures['latency_ms']
    return (
        f'{figures["frames_published"]} frames, {figures["frames_lost"]} lost; stamp to detections '
        f'{latency["p50"]} ms (p95 {latency["p95"]}, p99 {latency["p99"]}); mAP50 '
        f'{figures["map50"] or 0:.3f} against the truth; {figures["model"]} on '
        f'{figures["engine"]}, {figures["precision"]}'
    )
