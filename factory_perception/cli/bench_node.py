"""What the detector node adds to the engine, from publish to detections in other processes."""

from __future__ import annotations

import json
import math
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import Any

from factory_perception.cli.bench_engine import measure_engine, spread
from factory_perception.cli.errors import CommandError
from factory_perception.deployment import PROFILE_VARIABLES

SIZES = {'640x480': (640, 480), '1280x720': (1280, 720), '1920x1080': (1920, 1080)}
RATE_HZ = 30.0
_MODULES = 'factory_perception.nodes'
_STARTED_S = 3.0


def measure_transport(model: str, rounds: int, frames: int) -> dict[str, Any]:
    """Compare the bare transport, the detector node and a plain node, taking turns.

    ``overhead_ms`` is the delay less the time of the engine alone. The ratios are medians over the
    rounds of ratios within one round.
    """
    engine = measure_engine(model)['backends']['onnxruntime']['ms']['p50']
    report: dict[str, Any] = {'engine_ms': engine}
    for name, size in SIZES.items():
        delays: dict[str, list[list[float]]] = {'bare': [], 'node': [], 'plain': []}
        for _ in range(rounds):
            delays['bare'].append(_bare(size, frames))
            delays['node'].append(_through('detector', model, size, frames))
            delays['plain'].append(_through('bench.plain_detector', model, size, frames))
        report[name] = _summarise(delays, engine, frames)
    return report


def _summarise(delays: dict[str, list[list[float]]], engine: float, frames: int) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for kind, rounds in delays.items():
        off = 0.0 if kind == 'bare' else engine
        everything = [value - off for values in rounds for value in values]
        summary[kind] = {
            'overhead_ms': spread(everything),
            'sent': frames * len(rounds),
            'lost': frames * len(rounds) - len(everything),
        }
    medians = {
        kind: [statistics.median(values) if values else float('nan') for values in rounds]
        for kind, rounds in delays.items()
    }
    summary['node_to_bare'] = _ratio(medians['node'], medians['bare'], engine, 0.0)
    summary['plain_to_node'] = _ratio(medians['plain'], medians['node'], engine, engine)
    return summary


def _ratio(
    above: list[float], below: list[float], off_above: float, off_below: float
) -> float | None:
    """Give the median over the rounds in which frames came through on both ways."""
    ratios = [(a - off_above) / (b - off_below) for a, b in zip(above, below)]
    known = [ratio for ratio in ratios if not math.isnan(ratio)]
    return round(statistics.median(known), 2) if known else None


def _bare(size: tuple[int, int], frames: int) -> list[float]:
    receiver = _receiver('image', 'bench_image')
    _publish(size, frames, 'bench_image')
    return _collect(receiver)


def _through(module: str, model: str, size: tuple[int, int], frames: int) -> list[float]:
    stock = module != 'detector'
    command = [sys.executable, '-m', f'{_MODULES}.{module}']
    if stock:
        command += ['--model', model, '--ros-args', '-r', 'image:=bench_image']
    else:
        command += ['--ros-args', '-p', f"model:='{model}'", '-r', 'image:=bench_image']
    node = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    name = 'plain_detector' if stock else 'detector'
    receiver = _receiver('detections', f'{name}/detections')
    try:
        _publish(size, frames, 'bench_image', stock)
        return _collect(receiver)
    finally:
        node.send_signal(signal.SIGINT)
        node.wait(10)


def _receiver(kind: str, topic: str) -> subprocess.Popen[str]:
    command = [sys.executable, '-m', f'{_MODULES}.bench.receiver', '--kind', kind, '--topic', topic]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _publish(size: tuple[int, int], frames: int, topic: str, stock: bool = False) -> None:
    command = [sys.executable, '-m', f'{_MODULES}.bench.publisher', '--topic', topic]
    command += ['--size', *map(str, size), '--count', str(frames), '--rate', str(RATE_HZ)]
    environment = dict(os.environ)
    if stock:
        command.append('--stock')
        for variable in PROFILE_VARIABLES:
            environment.pop(variable, None)
    time.sleep(_STARTED_S)  # let everybody load and find each other before the first frame
    if subprocess.run(command, env=environment).returncode:
        raise CommandError('nobody listened to the frames of the benchmark')


def _collect(receiver: subprocess.Popen[str]) -> list[float]:
    output, _ = receiver.communicate('', timeout=20)
    return [(arrival - stamp) / 1e6 for arrival, stamp in json.loads(output)]


def measure_start(model: str, rounds: int) -> dict[str, Any]:
    """Time from process start to the first detections, and the memory of the process after them."""
    seconds, memory = [], []
    for _ in range(rounds):
        receiver = _receiver('detections', 'detector/detections')
        publisher = subprocess.Popen(
            [sys.executable, '-m', f'{_MODULES}.bench.publisher', '--count', '300', '--at-once']
        )
        time.sleep(_STARTED_S)
        start_ns = time.time_ns()
        command = [sys.executable, '-m', f'{_MODULES}.detector', '--ros-args']
        node = subprocess.Popen([*command, '-p', f"model:='{model}'"], stderr=subprocess.DEVNULL)
        publisher.wait(30)
        memory.append(_resident_mb(node.pid))
        output, _ = receiver.communicate('', timeout=20)
        node.send_signal(signal.SIGINT)
        node.wait(10)
        seconds.append((json.loads(output)[0][0] - start_ns) / 1e9)
    return {
        'first_detection_s': round(statistics.median(seconds), 2),
        'memory_mb': round(statistics.median(memory), 1),
    }


def _resident_mb(pid: int) -> float:
    with open(f'/proc/{pid}/status') as status:
        for line in status:
            if line.startswith('VmRSS:'):
                return int(line.split()[1]) * 1024 / 1e6
    return float('nan')
