"""``factory_perception bench``: latency, throughput and memory on this machine, as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable
import json
import os
from pathlib import Path
import platform
import statistics
from typing import Any

from factory_perception.cli.bench_engine import measure_engine
from factory_perception.cli.bench_joints import measure_joints
from factory_perception.cli.bench_memory import measure_memory
from factory_perception.cli.bench_node import measure_start, measure_transport
from factory_perception.cli.bench_training import measure_training
from factory_perception.cli.errors import CommandError
from factory_perception.cli.processes import ros_environment
from factory_perception.files import write_atomic

SECTIONS = ('engine', 'start', 'transport', 'joints', 'memory')
#: Only where they are named: they need the trainer's packages.
FURTHER = ('training',)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add ``bench``."""
    parser = subparsers.add_parser('bench', help='measure this machine', description=__doc__)
    parser.add_argument('sections', nargs='*', metavar='SECTION', default=[],
                        help=f'what to measure: {", ".join(SECTIONS)}, all by default; '
                        f'or {", ".join(FURTHER)}')  # fmt: skip
    parser.add_argument('--model', default='parts')
    parser.add_argument('--forecaster', default='joint_forecast', help='model of joints')
    parser.add_argument('--seconds', type=float, default=20.0, help='of each case on joints')
    parser.add_argument('--hours', type=float, default=1.0,
                        help='simulated, for memory; 10 take some minutes')  # fmt: skip
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--frames', type=int, default=100, help='frames a round at 30 Hz')
    parser.add_argument('--data', type=Path, metavar='DIR', help='pictures with boxes to train on')
    parser.add_argument('--json', type=Path, metavar='FILE')
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    unknown = [name for name in options.sections if name not in (*SECTIONS, *FURTHER)]
    if unknown:
        raise CommandError(f'no section {unknown[0]}: there are {", ".join((*SECTIONS, *FURTHER))}')
    os.environ.update(ros_environment())
    measures: dict[str, Callable[[], Any]] = {
        'engine': lambda: measure_engine(options.model),
        'start': lambda: measure_start(options.model, options.rounds),
        'transport': lambda: measure_transport(options.model, options.rounds, options.frames),
        'joints': lambda: measure_joints(options.forecaster, options.seconds),
        'memory': lambda: measure_memory(options.forecaster, options.hours),
        'training': lambda: measure_training(options.data, options.rounds),
    }
    report: dict[str, Any] = {'machine': _machine()}
    for name in options.sections or SECTIONS:
        print(f'{name} …', flush=True)
        report[name] = measures[name]()
        print(json.dumps(report[name], indent=2), flush=True)
    if options.json is not None:
        write_atomic(options.json.absolute(), json.dumps(report, indent=2).encode() + b'\n')
    return 0


def _machine() -> dict[str, object]:
    return {
        'processor': platform.processor() or platform.machine(),
        'cores': os.cpu_count(),
        'python': platform.python_version(),
        'load': statistics.fmean(os.getloadavg()),
    }
