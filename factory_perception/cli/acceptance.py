"""``factory_perception acceptance``: does the diagnosis find faults that are put in, on this robot?

Runs the embedded cell (or listens to a real robot), puts faults on a copy of its joint states, lets
the fault diagnoser watch the copy, and compares its alarms with the truth. Three processes and real
ROS topics between them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
import json
import os
from pathlib import Path
import tempfile
import time
from typing import Any

from factory_perception.cli.errors import CommandError
from factory_perception.cli.processes import Processes, ros_environment
from factory_perception.deployment import CELL, DIAGNOSER, INJECTOR
from factory_perception.files import write_atomic

#: On a robot that nobody knows the diagnoser first learns limits; no fault comes before.
LEARN_S = 125.0
_COPY = '/fault_injector/joint_states'


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``acceptance``."""
    parser = subparsers.add_parser(
        'acceptance', help='put faults in and see whether they are found', description=__doc__
    )
    parser.add_argument('--seconds', type=float, default=120.0, help='how long faults come and go')
    parser.add_argument('--topic', help='joint states of a real robot, instead of the cell')
    parser.add_argument('--reference', help='joint states that its controller wants')
    parser.add_argument('--model', help='model of the diagnoser; none by default')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--least-recall', type=float, default=0.0, help='fail below this share')
    parser.add_argument('--json', type=Path, metavar='FILE')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.seconds <= 0:
        raise CommandError(f'--seconds {options.seconds:g}: use more than 0')
    os.environ.update(ros_environment())
    with tempfile.TemporaryDirectory(prefix='factory_perception_') as logs:
        print(f'{_plan(options)} Ctrl-C gives up.', flush=True)
        figures = _watch(options, Processes(Path(logs)))
    if options.json is not None:
        write_atomic(options.json.absolute(), json.dumps(figures, indent=2).encode() + b'\n')
    print(_conclusion(figures))
    recall = figures['event_recall']
    return 0 if recall is not None and recall >= options.least_recall else 1


def _plan(options: argparse.Namespace) -> str:
    robot = options.topic or 'the simulated cell'
    return f'Faults are put on a copy of the joint states of {robot} for {options.seconds:.0f} s.'


def _watch(options: argparse.Namespace, processes: Processes) -> dict[str, Any]:
    from factory_perception.nodes.acceptance_monitor import monitor_acceptance

    model = DIAGNOSER.parameters.get('model', '') if options.model is None else options.model
    known = bool(model) or options.topic is None
    learn_s = 5.0 if known else LEARN_S
    end = time.monotonic() + learn_s + options.seconds + 15.0

    def should_stop(watched_s: float) -> bool:
        processes.check()
        return watched_s >= learn_s + options.seconds or time.monotonic() > end

    try:
        topic = options.topic or '/joint_states'
        if options.topic is None:
            processes.start(CELL, {'seed': options.seed, 'camera': False, 'faults': 'none'})
        inject = {'auto': True, 'seed': options.seed, 'first_s': learn_s, 'pause_s': 5.0}
        processes.start(_remapped(INJECTOR, {'joint_states': topic}), inject)
        topics = {'joint_states': _COPY}
        if options.reference or options.topic is None:
            topics['joint_reference'] = options.reference or '/cell/joint_reference'
        learn: dict[str, object] = {'model': model}
        if not known:
            learn |= {'calibration_file': '', 'calibration_s': learn_s - 5.0}
        processes.start(_remapped(DIAGNOSER, topics), learn)
        return monitor_acceptance(should_stop)
    finally:
        processes.stop()


def _remapped(spec: Any, topics: Mapping[str, str]) -> Any:
    from dataclasses import replace

    return replace(spec, remappings=topics)


def _conclusion(figures: dict[str, Any]) -> str:
    """Say kind by kind what was found, what was wrong, and what to think of it."""
    if not figures['events']:
        return 'No fault was put in: run for longer.'
    lines = [f'  {kind:16}{_kind_words(one)}' for kind, one in sorted(figures['per_kind'].items())]
    lines += [f'  {"false alarm":16}{one["part"]}: {", then ".join(one["faults"])}'
              for one in figures['false']]  # fmt: skip
    if figures['stream_alarms']:
        lines.append(
            f'  {figures["stream_alarms"]} alarms about the stream itself: joint states were lost '
            'or late, and what was found says little. Give the machine less to do.'
        )
    lines.append(
        f'{figures["detected"]} of {figures["events"]} faults found, '
        f'{figures["false_alarms"]} false alarms in {figures["seconds"]:.0f} s'
        f'{_delay_words(figures["delay_ms"])} ({figures["layers"]})'
    )
    return '\n'.join(lines)


def _kind_words(one: dict[str, Any]) -> str:
    words = f'{one["detected"]} of {one["events"]} found'
    named = ', '.join(f'{name} {count}' for name, count in one['named'].items())
    return words + (f', named {named}' if named else '') + _delay_words(one['delay_ms'])


def _delay_words(delay_ms: dict[str, float]) -> str:
    if not delay_ms:
        return ''
    return f'; delay p50 {delay_ms["p50"]:.0f} ms, p95 {delay_ms["p95"]:.0f} ms'
